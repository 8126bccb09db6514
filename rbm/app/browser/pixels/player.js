// Images side by side that change step by step, with one transport for all of them.

import { element } from "../shared/dom.js";
import { bytesOf } from "./levels.js";
import { Screen } from "./screen.js";

const SPEEDS = [2, 5, 10, 20, 40]; // steps a second
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  constructor() {
    this.playing = false;
    this.key = "";
    this.play = element("button", { class: "primary", onclick: () => this.toggle() }, "Play");
    this.slider = element("input", {
      type: "range", min: 0, step: 1, "aria-label": "Step",
      oninput: () => { this.pause(); this.go(Number(this.slider.value)); },
    });
    this.says = element("output", { class: "step" });
    this.speed = element(
      "select", { "aria-label": "Speed" },
      ...SPEEDS.map((speed) => element("option", { value: speed }, `${speed} steps/s`)),
    );
    this.speed.value = 10;
    this.transport = element(
      "div", { class: "transport" }, this.play, this.slider, this.says, this.speed,
    );
    this.gallery = element("div", { class: "gallery" });
    this.root = element(
      "div", { class: "pixels", "data-testid": "pixels" }, this.transport, this.gallery,
    );
  }

  receive({ shape, known, panels }) {
    const key = JSON.stringify([shape, known, panels]);
    if (key === this.key) return; // a rerun for another reason: let it play on
    this.key = key;
    const size = shape[0] * shape[1];
    this.panels = panels.map((panel) => {
      const screen = new Screen(shape, panel.tint);
      if (panel.marked) screen.mark(bytesOf(known), false);
      screen.root.setAttribute("role", "img");
      screen.root.setAttribute("aria-label", `${panel.title} ${panel.note}`);
      const bytes = bytesOf(panel.frames);
      const count = bytes.length / size;
      return {
        screen, count,
        frame: (step) => {
          const at = Math.min(step, count - 1) * size;
          return bytes.subarray(at, at + size);
        },
        figure: element(
          "figure", {}, element("figcaption", { class: "title" }, panel.title), screen.root,
          element("figcaption", { class: "note" }, panel.note),
        ),
      };
    });
    this.gallery.replaceChildren(...this.panels.map(({ figure }) => figure));
    this.last = Math.max(...this.panels.map(({ count }) => count)) - 1;
    this.slider.max = this.last;
    this.transport.hidden = this.last === 0;
    this.pause();
    this.go(STILL.matches ? this.last : 0);
    if (!STILL.matches && this.last > 0) this.toggle();
  }

  go(step) {
    this.step = step;
    for (const { screen, frame } of this.panels) screen.show(frame(step));
    this.slider.value = step;
    this.says.textContent = `step ${step} of ${this.last}`;
    this.root.dataset.step = step;
  }

  toggle() {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.step === this.last) this.go(0);
    this.playing = true;
    this.play.textContent = "Pause";
    this.due = 0;
    this.then = performance.now();
    this.request = requestAnimationFrame((now) => this.tick(now));
  }

  pause() {
    this.playing = false;
    this.play.textContent = "Play";
    cancelAnimationFrame(this.request);
  }

  tick(now) {
    this.due += (Math.min(200, Math.max(0, now - this.then)) / 1000) * this.speed.value;
    this.then = now;
    const steps = Math.floor(this.due);
    this.due -= steps;
    if (steps) this.go(Math.min(this.last, this.step + steps));
    if (this.step === this.last) this.pause();
    else this.request = requestAnimationFrame((later) => this.tick(later));
  }

  stop() {
    this.pause();
  }
}
