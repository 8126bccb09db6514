// One image: shown, or painted on.

import { element } from "../shared/dom.js";
import { Exchange } from "./exchange.js";
import { Hand } from "./hand.js";
import { bytesOf, textOf } from "./levels.js";
import { Screen } from "./screen.js";
import { Tools } from "./tools.js";

export class Board {
  constructor() {
    this.exchange = new Exchange();
    this.says = element("output", { class: "unseen", "aria-live": "polite" });
    this.root = element("div", { class: "pixels", "data-testid": "pixels" });
    this.layout = "";
  }

  receive({ shape, editable, label, values, known }) {
    const layout = JSON.stringify([shape, editable, label]);
    if (layout !== this.layout) this.build(shape, editable, label);
    const sameSize = layout === this.layout;
    this.layout = layout;
    if (!this.exchange.takes(values + known) && sameSize) return;
    this.values = bytesOf(values);
    this.known = bytesOf(known);
    this.paint();
  }

  build(shape, editable, label) {
    this.screen = new Screen(shape);
    this.root.replaceChildren(this.screen.root, this.says);
    this.screen.root.setAttribute("aria-label", label);
    this.screen.root.setAttribute("role", "img");
    this.tools = null;
    if (!editable) return;
    this.tools = new Tools(editable);
    this.screen.root.classList.add("editable");
    this.screen.root.setAttribute("role", "application");
    this.screen.root.setAttribute("tabindex", 0);
    this.screen.root.setAttribute("aria-label", `${label}: arrows move, space paints`);
    this.root.prepend(this.tools.root);
    this.hand = new Hand(this);
  }

  /** The brush set down with the pixel {x, y} in its middle. */
  dab({ x, y }) {
    const { width, height } = this.screen;
    const { size, put } = this.tools;
    const first = Math.floor((size - 1) / 2);
    for (let row = y - first; row < y - first + size; row += 1) {
      for (let column = x - first; column < x - first + size; column += 1) {
        if (row < 0 || column < 0 || row >= height || column >= width) continue;
        const at = row * width + column;
        if ("known" in put) this.known[at] = put.known;
        if ("value" in put) this.values[at] = put.value;
      }
    }
  }

  /** From one pixel to another without gaps. */
  line(from, to) {
    const steps = Math.max(1, Math.abs(to.x - from.x), Math.abs(to.y - from.y));
    for (let step = 0; step <= steps; step += 1) {
      const along = (name) => Math.round(from[name] + ((to[name] - from[name]) * step) / steps);
      this.dab({ x: along("x"), y: along("y") });
    }
    this.paint();
  }

  tell({ x, y }) {
    const at = y * this.screen.width + x;
    const value = this.known[at] ? (this.values[at] / 255).toFixed(2) : "unknown";
    this.says.textContent = `row ${y + 1}, column ${x + 1}: ${value}`;
  }

  stroked() {
    const painted = { values: textOf(this.values), known: textOf(this.known) };
    this.exchange.tell(painted.values + painted.known);
    this.send(painted);
  }

  paint() {
    this.screen.show(this.values);
    this.screen.mark(this.known, true);
    this.root.dataset.unknown = this.known.reduce((count, one) => count + !one, 0);
  }

  stop() {}
}
