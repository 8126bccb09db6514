// A Gibbs chain against the exact distribution: buttons, bars, and the distance over samples.

import { element } from "../shared/dom.js";
import { paintBars, paintDistance } from "./bars.js";
import { Chain, chanceAt } from "./chain.js";

const SPEEDS = [1, 3, 10, 30, 100, 1_000, 10_000, 100_000]; // samples a second
const BUDGET = 10; // milliseconds of sampling for one picture
const LONGEST = 0.1; // seconds that one picture may have to catch up with
const GROWTH = 1.1; // the distance is noted whenever there are this many times as many samples

const whole = (count) => count.toLocaleString("en-US");

export class Race {
  constructor(graph) {
    this.graph = graph;
    this.playing = false;
    this.key = "";
    this.play = element("button", { class: "primary", onclick: () => this.toggle() }, "Play");
    this.one = element("button", { onclick: () => this.advance(1) }, "One sample");
    const again = element("button", { onclick: () => this.restart() }, "Start over");
    this.speed = element("input", {
      type: "range", min: 0, max: SPEEDS.length - 1, value: 2, "aria-label": "Speed",
      oninput: () => this.showSpeed(),
    });
    this.pace = element("output", {});
    this.says = element("p", { class: "says" });
    this.bars = element("canvas", { class: "bars", role: "img" });
    this.curve = element("canvas", { class: "curve", role: "img" });
    this.root = element(
      "div", { class: "race" },
      element("div", { class: "strip" }, this.play, this.one, again,
        element("label", {}, this.speed, this.pace)),
      this.says, this.bars, this.curve,
    );
    new ResizeObserver(() => this.paint()).observe(this.bars);
    this.showSpeed();
  }

  /** A message of the server. The chain goes on unless its machine has changed. */
  receive(weights, race) {
    const key = JSON.stringify([weights, race]);
    if (key !== this.key) {
      Object.assign(this, { key, weights, race });
      this.restart();
    } else this.show(); // the graph was drawn anew
  }

  restart() {
    this.chain = new Chain(this.weights, this.race);
    this.notes = [];
    this.show();
  }

  toggle() {
    if (this.playing) this.stop();
    else {
      this.playing = true;
      this.due = 0;
      this.last = performance.now();
      this.tick(this.last);
    }
    this.showPlaying();
  }

  stop() {
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.showPlaying();
  }

  tick(now) {
    if (!this.root.isConnected) return this.stop();
    this.due += Math.min(LONGEST, Math.max(0, now - this.last) / 1000) * SPEEDS[this.speed.value];
    this.last = now;
    const count = Math.floor(this.due);
    this.due -= count;
    if (count) this.advance(count);
    this.request = requestAnimationFrame((then) => this.tick(then));
    return undefined;
  }

  /** So many more samples, or as many as there is time for. */
  advance(count) {
    const { chain, notes } = this;
    const end = performance.now() + BUDGET;
    for (let done = 0; done < count; done += 1) {
      chain.step();
      if (!notes.length || chain.samples >= notes.at(-1).samples * GROWTH) {
        notes.push({ samples: chain.samples, distance: chain.distance });
      }
      if (done % 64 === 63 && performance.now() > end) break;
    }
    this.show();
  }

  showSpeed() {
    this.pace.textContent = `${whole(SPEEDS[this.speed.value])} a second`;
    this.speed.setAttribute("aria-valuetext", this.pace.textContent);
  }

  showPlaying() {
    this.play.textContent = this.playing ? "Pause" : "Play";
    this.one.disabled = this.playing;
  }

  show() {
    const { chain, graph, race } = this;
    for (const layer of ["v", "h"]) {
      const states = [...chain[layer]].map((on) => ({ fill: on, text: String(on) }));
      graph.setStates(layer, states);
    }
    this.root.dataset.samples = chain.samples;
    if (chain.samples) {
      const [distance, chance] = [chain.distance, chanceAt(chain.samples, race)];
      this.root.dataset.distance = distance;
      this.says.textContent =
        `${whole(chain.samples)} samples. Distance from the exact distribution: ` +
        `${distance.toFixed(3)}; ${whole(chain.samples)} independent samples would leave ` +
        `${chance.toFixed(3)} by chance.`;
    } else {
      const known = race.clamped.some((state) => state !== null);
      const start = known ? "every unit off that is not known" : "every unit off";
      this.says.textContent = `No samples yet; the chain starts with ${start}.`;
    }
    this.paint();
  }

  paint() {
    if (!this.chain || !this.root.isConnected) return;
    paintBars(this.bars, this.chain, this.race.over);
    paintDistance(this.curve, this.notes, this.chain, this.race);
  }
}
