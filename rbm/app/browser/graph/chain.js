// A Gibbs chain of a binary machine, and how far its samples are from the exact distribution.

import { uniforms } from "../shared/random.js";

const logistic = (x) => 1 / (1 + Math.exp(-x));

/** A chain that starts with everything off but what is clamped, and holds that. One sample is one pass: hidden from visible, visible
 * from hidden. The state that is counted is the number whose binary digits are the units `over`
 * "visible", "hidden" or "both", in that order and the first unit highest. */
export class Chain {
  constructor(weights, { visible_bias, hidden_bias, clamped, over, seed, p }) {
    Object.assign(this, { weights, clamped, b: visible_bias, c: hidden_bias, p });
    this.v = Uint8Array.from(clamped, (state) => state ?? 0);
    this.h = new Uint8Array(this.c.length);
    this.counted = { visible: [this.v], hidden: [this.h], both: [this.v, this.h] }[over];
    this.draw = uniforms(seed);
    this.counts = new Float64Array(p.length);
    this.samples = 0;
  }

  /** One more sample. */
  step() {
    const { weights, v, h, draw } = this;
    for (let j = 0; j < h.length; j += 1) {
      let input = this.c[j];
      for (let i = 0; i < v.length; i += 1) if (v[i]) input += weights[i][j];
      h[j] = draw() < logistic(input) ? 1 : 0;
    }
    for (let i = 0; i < v.length; i += 1) {
      if (this.clamped[i] !== null) continue;
      let input = this.b[i];
      for (let j = 0; j < h.length; j += 1) if (h[j]) input += weights[i][j];
      v[i] = draw() < logistic(input) ? 1 : 0;
    }
    this.counts[this.state] += 1;
    this.samples += 1;
  }

  /** The number of the present state. */
  get state() {
    let number = 0;
    for (const layer of this.counted) for (const unit of layer) number = 2 * number + unit;
    return number;
  }

  /** Total variation distance: the share of samples that would have to be another state. */
  get distance() {
    if (!this.samples) return 1;
    let sum = 0;
    for (let at = 0; at < this.p.length; at += 1) {
      sum += Math.abs(this.counts[at] / this.samples - this.p[at]);
    }
    return sum / 2;
  }
}

/** What chance alone leaves of as many independent samples, between the given counts. */
export function chanceAt(samples, { counts, chance }) {
  let at = counts.findIndex((count) => count >= samples);
  if (at === 0) return chance[0];
  if (at < 0) at = counts.length - 1;
  const share = Math.log(samples / counts[at - 1]) / Math.log(counts[at] / counts[at - 1]);
  return chance[at - 1] * (chance[at] / chance[at - 1]) ** share;
}
