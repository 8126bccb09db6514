// The playhead: which recorded frame is shown now.
//
// Frames come in batches; pictures are drawn 60 times a second. After each batch the playhead
// spreads the frames it has not shown yet over the time that the next batch is expected to take,
// so it arrives at the newest frame just as more of them come: never starved, never more than about
// one batch behind.

/** Moves over places 0 … count - 1 of a recording; `live` follows the newest, otherwise it stays. */
export class Playhead {
  constructor() {
    this.reset();
  }

  reset() {
    this.position = 0;
    this.live = true;
    this.rate = 0; // places per millisecond
    this.interval = 250; // milliseconds between batches, smoothed
    this.arrival = null;
  }

  /** New frames are in: the newest stands at `last`. */
  arrived(last, now) {
    if (this.arrival !== null) {
      const since = Math.min(2000, Math.max(16, now - this.arrival));
      this.interval += 0.3 * (since - this.interval);
    }
    this.arrival = now;
    this.rate = Math.max(0, last - this.position) / (1.1 * this.interval);
  }

  /** Moves on by some milliseconds of playing; true while there is more to show. */
  advance(last, milliseconds) {
    if (!this.live) return false;
    this.position = Math.min(last, this.position + this.rate * Math.min(100, milliseconds));
    return this.position < last;
  }

  /** Shows one place; `live` when it is to follow the newest frame from there on. */
  seek(place, live) {
    this.position = place;
    this.live = live;
  }

  get place() {
    return Math.floor(this.position);
  }
}
