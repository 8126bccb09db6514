// Fantasy particles: what the machine makes up, by Gibbs chains that run here in the browser.

import { download } from "../shared/download.js";
import { element, setText, thousands } from "../shared/dom.js";
import { buildScale, Card, menu, readable } from "./card.js";
import { Chains } from "./chains.js";
import { UnitPicture } from "./picture.js";
import { number } from "./words.js";

const TALLEST = 490; // CSS pixels
const PAUSE = 80; // milliseconds between two pictures: faster is a flicker
const SHARE = 4; // or this many times as long as the steps take, for large machines
const BUDGET = 14; // milliseconds of steps for one picture
const ENOUGH = 60_000; // milliseconds at a machine at rest, after which the chains rest too
const COUNTS = [
  ["16", "16 chains"],
  ["36", "36 chains"],
  ["64", "64 chains"],
];
const STARTS = [
  ["noise", "From noise"],
  ["data", "From data"],
];
const SPEEDS = [
  ["1", "1 step a picture"],
  ["10", "10 steps a picture"],
  ["100", "100 steps a picture"],
];
const SHOWN = [
  ["mean", "Probabilities"],
  ["v", "Samples"],
];

/** `view`: changed() when there is something new to draw. */
export class Fantasies {
  constructor(options, view) {
    this.options = options;
    this.view = view;
    this.running = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.resting = false; // for a while now nothing has changed
    this.since = null; // when something last changed
    Object.assign(this, { stepped: 0, cost: 0 });
    this.canvas = element("canvas", { class: "fantasies-canvas", role: "img", tabindex: 0 });
    this.picture = new UnitPicture(this.canvas, TALLEST);
    this.scale = buildScale();
    const stage = readable(this.canvas, {
      card: () => this.card,
      reading: (x, y) => this.reading(this.picture.at(x, y)),
      steps: () => this.picture.steps,
    });
    this.button = element("button", {
      type: "button",
      class: "small",
      onclick: () => this.run(!this.going),
    });
    const choose = (name, restart) => (value) => {
      options[name] = value;
      if (restart) this.restart();
      view.changed();
    };
    this.card = new Card(
      "fantasies",
      "Fantasy particles",
      "What the machine makes up: chains of v → h → v from the machine at the epoch shown. Once it has learnt, they look like the data.",
      [
        this.button,
        element(
          "button",
          { type: "button", class: "small", onclick: () => this.restart() },
          "Start over",
        ),
        menu("Chains", COUNTS, options.chains, choose("chains", true)),
        menu("Where chains start", STARTS, options.from, choose("from", true)),
        menu("Steps", SPEEDS, options.steps, choose("steps")),
        menu("What is shown", SHOWN, options.show, choose("show")),
        element(
          "button",
          {
            type: "button",
            class: "small",
            title: "Save the fantasy particles",
            onclick: () => this.save(),
          },
          "PNG",
        ),
      ],
      [stage, this.scale.node],
    );
    this.sync();
  }

  run(running) {
    this.running = running;
    this.awake();
    this.sync();
    this.view.changed();
  }

  restart() {
    this.chains = null;
    this.run(true);
  }

  get going() {
    return this.running && !this.resting;
  }

  awake() {
    this.since = null;
    this.resting = false;
  }

  sync() {
    setText(this.button, this.going ? "Pause" : "Run");
    this.button.setAttribute("aria-label", this.going ? "Pause the chains" : "Run the chains");
  }

  /** The chains of another run do not fit this one. */
  forget() {
    this.chains = null;
    this.awake();
  }

  /** Moves the chains on if it is time to; true while they are to go on. */
  advance(moment, now) {
    const { machine, cases, header, epoch } = moment;
    if (!this.chains) {
      this.chains = new Chains(Number(this.options.chains), machine.nVisible, header.seed + 1);
      this.chains.start(this.options.from === "data" ? cases : null);
    }
    if (this.epoch !== epoch || moment.moving) this.awake();
    this.epoch = epoch;
    this.since ??= now;
    this.resting = now - this.since > ENOUGH; // a picture at rest costs nothing
    this.sync();
    if (!this.going || !this.card.seen) return false;
    if (now - this.stepped < Math.max(PAUSE, SHARE * this.cost)) return true;
    this.stepped = now;
    const begun = performance.now();
    let steps = 0;
    do {
      this.chains.step(machine);
      steps += 1;
    } while (steps < Number(this.options.steps) && performance.now() < begun + BUDGET);
    this.cost = performance.now() - begun;
    this.stale = true;
    return true;
  }

  draw(moment) {
    this.moment = moment;
    this.stale = false;
    const { header, look, shades } = moment;
    const { chains } = this;
    const [low, high] = moment.range;
    this.picture.draw(
      {
        count: chains.count,
        shape: header.shape,
        values: chains[this.options.show],
        first: (place) => place * chains.nVisible,
        stride: 1,
        range: () => [low, high],
        shade: shades.share,
        names: header.names,
        columnNames: [],
        marked: -1,
      },
      look,
    );
    this.scale.show(shades.share, number(low), number(high));
    const what = this.options.show === "mean" ? "probabilities of being on" : "samples";
    const note = `${chains.count} chains after ${thousands(chains.steps)} ${chains.steps === 1 ? "step" : "steps"}`;
    this.card.note(note);
    this.canvas.setAttribute("aria-label", `Fantasy particles: ${what} of ${note}.`);
  }

  reading(at) {
    if (!at) return "";
    const name = this.moment.header.names[at.unit];
    return `chain ${at.place + 1}, ${name}: ${number(this.picture.value(at))}`;
  }

  async save() {
    const blob = await this.picture.png(this.moment.look, 3);
    download(blob, `fantasies-epoch-${this.moment.epoch}.png`);
  }
}
