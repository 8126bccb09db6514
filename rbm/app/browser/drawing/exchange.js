// Whose drawing counts: this board's, or one that the server has (undo of a run, an opened link).
//
// Both sides count changes with one number, the revision: who changes the drawing takes the number
// after the highest it has seen. A message of the server is taken only if its revision is higher
// than the board's own, so an answer to an earlier stroke never wipes out a later one. A stroke
// whose number is lower than the server's counts all the same: it is answered with one above both.
//
// The tab's own storage keeps the drawing over a reload as well, beside a mark of what the server
// learnt at that time. If it learns that still, the kept drawing is the newest: it may be too small
// to be learnt, or put aside for a pattern. Otherwise (a link was opened) it is out of date.

import { decode } from "./cloud.js";

const KEY = "rbm.drawing";

export class Exchange {
  constructor(storage) {
    this.storage = storage;
    this.revision = -1;
    this.learnt = "";
  }

  /** The drawing (text) to show instead of the board's own, or null to leave that alone. */
  receive({ points, revision, learnt }) {
    const first = this.revision < 0;
    const kept = first ? this.kept() : null;
    const newer = revision > this.revision;
    if (newer) this.revision = revision;
    this.learnt = learnt;
    if (kept && kept.learnt === learnt && kept.points !== points) {
      return { points: kept.points, kept: true };
    }
    return newer ? { points, kept: false } : null;
  }

  /** The message for the server about the board's own new drawing. */
  tell(points, kept = false) {
    this.revision += 1;
    this.keep(points);
    return { points, revision: this.revision, kept };
  }

  keep(points) {
    try {
      this.storage.setItem(KEY, JSON.stringify({ points, learnt: this.learnt }));
    } catch {
      // Storage can be full or forbidden; the drawing is then kept by the page alone.
    }
  }

  kept() {
    try {
      const { points, learnt } = JSON.parse(this.storage.getItem(KEY));
      decode(points); // throws for what no drawing wrote
      return { points, learnt };
    } catch {
      return null;
    }
  }
}
