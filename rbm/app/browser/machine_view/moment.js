// One moment of a run: the machine at the epoch shown, and what the panels want to know about it.

import { hiddenProbabilities, machineOf } from "./machine.js";
import { activity } from "./statistics.js";

const SHARE = 4; // what is costly waits this many times as long as it takes

/**
 * What the hidden units make of the cases, kept for as long as the machine stays the same; while
 * epochs rush by it may lag behind, so that it takes a fifth of the time at most.
 */
export class Activity {
  constructor() {
    Object.assign(this, { key: null, cost: 0, at: -Infinity, kept: null });
  }

  of(machine, cases, key, moving) {
    const now = performance.now();
    const wait = moving ? Math.max(200, SHARE * this.cost) : 0;
    if (this.kept === null || (this.key !== key && now - this.at >= wait)) {
      const probabilities = hiddenProbabilities(machine, cases);
      this.kept = { probabilities, ...activity(probabilities, machine.nHidden) };
      this.key = key;
      this.at = performance.now();
      this.cost = this.at - now;
    }
    return this.kept;
  }

  forget() {
    this.kept = null;
  }
}

/** The part of a moment that the recording holds: the machine at a place, and the one before. */
export function recorded(recording, place, header) {
  const { width, frames, epochs } = recording;
  const frame = (at) => frames.subarray(at * width, (at + 1) * width);
  return {
    epoch: epochs[place],
    machine: machineOf(frame(place), header),
    before: place > 0 ? frame(place - 1) : null,
    since: place > 0 ? epochs[place] - epochs[place - 1] : 0,
  };
}

/** Lowest and highest value that visible units are drawn with: all there is, or that of the cases. */
export function rangeOf(cases, visible) {
  if (visible !== "gaussian" || cases.length === 0) return [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (const value of cases) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}
