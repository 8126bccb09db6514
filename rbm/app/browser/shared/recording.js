// The run's recording in the browser: one frame (all parameters) per recorded epoch.

const FIRST_ROOM = 2 ** 16; // numbers

/** Frames in ascending order of epoch, in arrays that double when they are full. */
export class Recording {
  constructor() {
    this.clear();
  }

  clear() {
    this.revision = (this.revision ?? 0) + 1; // grows whenever frames are lost
    this.count = 0;
    this.width = 0;
    this.stride = 1;
    this.epochs = new Int32Array(0);
    this.errors = new Float32Array(0);
    this.frames = new Float32Array(0);
  }

  /** Epoch of the newest frame; -1 when there is none. */
  get newest() {
    return this.count === 0 ? -1 : this.epochs[this.count - 1];
  }

  /** Adds frames (n · width numbers) of the epochs above the newest one held; others are known. */
  append(epochs, frames, errors) {
    if (epochs.length === 0) return;
    const width = frames.length / epochs.length;
    if (width !== this.width) {
      const { stride } = this;
      this.clear();
      Object.assign(this, { stride, width });
    }
    const first = this.count === 0 ? 0 : firstAbove(epochs, epochs.length, this.newest);
    const added = epochs.length - first;
    if (added > 0 && this.count > 0 && this.newest % this.stride !== 0) this.count -= 1;
    this.reserve(this.count + added);
    this.epochs.set(epochs.subarray(first), this.count);
    this.errors.set(errors.subarray(first), this.count);
    this.frames.set(frames.subarray(first * width), this.count * width);
    this.count += added;
  }

  reserve(count) {
    if (count <= this.epochs.length) return;
    // A first batch of small machines at once; of large ones, frame by frame.
    const first = Math.ceil(FIRST_ROOM / Math.max(1, this.width));
    const room = Math.max(first, 2 * this.epochs.length, count);
    const grown = (values, Kind, size) => {
      const larger = new Kind(size);
      larger.set(values);
      return larger;
    };
    this.epochs = grown(this.epochs, Int32Array, room);
    this.errors = grown(this.errors, Float32Array, room);
    this.frames = grown(this.frames, Float32Array, room * this.width);
  }

  /** Forgets every frame after the given epoch: the run has branched there. */
  forgetAfter(epoch) {
    this.revision += 1;
    this.count = firstAbove(this.epochs, this.count, epoch);
  }

  /** Keeps only multiples of the stride, and the newest frame, as the server does past its cap. */
  thin(stride) {
    this.revision += 1;
    this.stride = stride;
    let kept = 0;
    for (let place = 0; place < this.count; place += 1) {
      if (this.epochs[place] % stride !== 0 && place < this.count - 1) continue;
      this.epochs[kept] = this.epochs[place];
      this.errors[kept] = this.errors[place];
      this.frames.copyWithin(kept * this.width, place * this.width, (place + 1) * this.width);
      kept += 1;
    }
    this.count = kept;
  }

  /** How much of the run is kept, in words; `cap` in bytes, beyond which the server thins it. */
  describe(cap) {
    const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
    const used = `${megabytes(4 * this.count * this.width)} of ${megabytes(cap ?? 0)} MB`;
    return this.stride > 1
      ? `Recorded: one epoch in ${this.stride}, ${used}`
      : `Recorded: every epoch, ${used}; thinned when full`;
  }

  /** Place of the last frame whose epoch is at most the given one (0 when there is none). */
  placeOf(epoch) {
    return Math.max(0, firstAbove(this.epochs, this.count, epoch) - 1);
  }

  /**
   * The machine shown at a place: the mean of the frames whose epochs lie in (e·(1 - share), e],
   * which always include the frame of epoch e itself. Float64Array of the frame's width.
   */
  shown(place, share) {
    const epoch = this.epochs[place];
    const first = Math.min(place, firstAbove(this.epochs, this.count, epoch * (1 - share)));
    const mean = new Float64Array(this.width);
    for (let at = first * this.width; at < (place + 1) * this.width; at += this.width) {
      for (let number = 0; number < this.width; number += 1)
        mean[number] += this.frames[at + number];
    }
    return mean.map((sum) => sum / (place + 1 - first));
  }
}

// Place of the first of `count` ascending numbers that is above the limit (count: none is).
function firstAbove(numbers, count, limit) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
