// Fantasy particles: Gibbs chains of a binary machine. Their states stay when the machine changes,
// so while it trains they follow it, as the persistent chains of its own training do.

import { uniforms } from "../shared/random.js";
import { hiddenGiven, logistic } from "./machine.js";

/** `count` chains: states `v` and means `mean` of the visible units, count × n_visible numbers. */
export class Chains {
  constructor(count, nVisible, seed) {
    Object.assign(this, { count, nVisible, steps: 0 });
    this.draw = uniforms(seed);
    this.v = new Float32Array(count * nVisible);
    this.mean = new Float32Array(count * nVisible);
  }

  /** Starts anew: with cases, at some of them, drawn; without, each unit at 0 or 1 by a coin. */
  start(cases) {
    const { count, nVisible, v, mean } = this;
    const held = cases ? cases.length / nVisible : 0;
    this.steps = 0;
    for (let chain = 0; chain < count; chain += 1) {
      const from = Math.floor(this.draw() * held) * nVisible;
      for (let i = 0; i < nVisible; i += 1) {
        const place = chain * nVisible + i;
        v[place] = held ? cases[from + i] : this.draw() < 0.5 ? 1 : 0;
        mean[place] = held ? v[place] : 0.5;
      }
    }
  }

  /** One step of every chain: h drawn given v, then v given h. */
  step(machine) {
    const { nVisible, nHidden, weights, visibleBias, scale } = machine;
    const { v, mean, draw } = this;
    const p = new Float64Array(nHidden);
    const on = new Int32Array(nHidden); // which hidden units are on: the first `many` of these
    for (let chain = 0; chain < this.count; chain += 1) {
      const first = chain * nVisible;
      hiddenGiven(machine, v, first, p);
      let many = 0;
      for (let j = 0; j < nHidden; j += 1) if (draw() < p[j]) on[many++] = j;
      for (let i = 0; i < nVisible; i += 1) {
        let input = visibleBias[i];
        const row = i * nHidden;
        for (let at = 0; at < many; at += 1) input += weights[row + on[at]];
        if (scale) {
          mean[first + i] = input;
          v[first + i] = input + scale[i] * this.normal();
        } else {
          mean[first + i] = logistic(input);
          v[first + i] = draw() < mean[first + i] ? 1 : 0;
        }
      }
    }
    this.steps += 1;
  }

  // A standard normal number (Box and Muller 1958).
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.draw())) * Math.cos(2 * Math.PI * this.draw());
  }
}
