// What a stroke does: covers, uncovers, inks or rubs out; how thick it is, and how dark its ink.

import { element } from "../shared/dom.js";

const BRUSHES = {
  cover: { label: "Cover", put: { known: 0 } },
  uncover: { label: "Uncover", put: { known: 1 } },
  ink: { label: "Ink", put: null }, // as dark as the slider says
  rubber: { label: "Rubber", put: { value: 0 } },
};
const OFFERED = {
  mask: ["cover", "uncover"],
  values: ["ink", "rubber"],
  both: ["cover", "uncover", "ink", "rubber"],
};
const SIZES = [1, 2, 3];

let boards = 0; // radio buttons of one board belong together

export class Tools {
  constructor(editable) {
    boards += 1;
    const names = OFFERED[editable];
    this.brush = names[0];
    this.size = 1;
    this.strength = 255;
    this.root = element(
      "div", { class: "tools" },
      this.#choice("brush", "Brush", names.map((name) => [name, BRUSHES[name].label])),
      this.#choice("size", "Size", SIZES.map((size) => [size, `${size}`])),
    );
    if (names.includes("ink")) this.root.append(this.#slider());
  }

  get put() {
    return BRUSHES[this.brush].put ?? { value: this.strength };
  }

  #choice(name, label, options) {
    const buttons = options.map(([value, text]) => {
      const input = element("input", {
        type: "radio", name: `${name}${boards}`, value,
        onchange: () => { this[name] = value; },
      });
      input.checked = this[name] === value;
      return element("label", {}, input, element("span", {}, text));
    });
    return element("div", { class: "choice", role: "radiogroup", "aria-label": label }, ...buttons);
  }

  #slider() {
    const shown = element("output", {}, "100 %");
    const input = element("input", {
      type: "range", min: 5, max: 100, step: 5, value: 100, "aria-label": "Darkness of the ink",
      oninput: () => {
        this.strength = Math.round((input.value / 100) * 255);
        shown.textContent = `${input.value} %`;
      },
    });
    return element("label", { class: "strength" }, "Ink", input, shown);
  }
}
