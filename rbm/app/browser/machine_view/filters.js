// The filters: what each hidden unit looks for.

import { download } from "../shared/download.js";
import { element, setText } from "../shared/dom.js";
import { buildScale, Card, menu, readable } from "./card.js";
import { UnitPicture } from "./picture.js";
import { largest, sizeBelow } from "./statistics.js";
import { number, percent, signed, unitName } from "./words.js";

const PAGE = 256; // hidden units shown at once
const TALLEST = 490; // CSS pixels
const ORDER_PAUSE = 2000; // milliseconds
const SCALES = [
  ["common", "One scale"],
  ["clipped", "One scale, clipped"],
  ["each", "Own scales"],
];
const ORDERS = [
  ["index", "By number"],
  ["often", "Most often on first"],
];

/** `view`: changed() after a choice, pick(j) when a unit is touched (-1: none). */
export class Filters {
  constructor(options, view) {
    this.options = options;
    this.page = 0;
    this.canvas = element("canvas", { class: "filters-canvas", role: "img", tabindex: 0 });
    this.picture = new UnitPicture(this.canvas, TALLEST);
    const stage = readable(this.canvas, {
      card: () => this.card,
      reading: (x, y) => this.reading(this.picture.at(x, y)),
      steps: () => this.picture.steps,
      chosen: (x, y) => {
        const at = this.picture.at(x, y);
        if (at) view.pick(this.shown[at.place], true);
      },
    });
    this.scale = buildScale();
    const choose = (name) => (value) => {
      options[name] = value;
      view.changed();
    };
    const turn = (pages) => () => {
      this.page += pages;
      view.changed();
    };
    this.pageText = element("span", { class: "side-note" });
    this.pages = element(
      "div",
      { class: "pages", hidden: true },
      element("button", { type: "button", class: "small", onclick: turn(-1) }, "Fewer"),
      this.pageText,
      element("button", { type: "button", class: "small", onclick: turn(1) }, "More"),
    );
    this.clear = element(
      "button",
      { type: "button", class: "small", hidden: true, onclick: () => view.pick(-1) },
      "Unmark",
    );
    this.card = new Card(
      "filters",
      "Filters",
      "The weights of each hidden unit, laid out like the data: what it is turned on (+) and off (−) by.",
      [
        this.clear,
        menu("Scale of the filters", SCALES, options.scale, choose("scale")),
        menu("Order of the filters", ORDERS, options.order, choose("order")),
        element(
          "button",
          { type: "button", class: "small", title: "Save the filters", onclick: () => this.save() },
          "PNG",
        ),
      ],
      [stage, this.pages, this.scale.node],
    );
  }

  draw(moment) {
    this.moment = moment;
    const { machine, header, picked, look, shades } = moment;
    const { nVisible, nHidden, weights } = machine;
    const order = this.order(moment);
    const pages = Math.ceil(nHidden / PAGE);
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    this.shown = order.slice(this.page * PAGE, (this.page + 1) * PAGE);
    const { scale } = this.options;
    const own = scale === "each" ? this.ownScales(machine) : null;
    const most = (scale === "clipped" ? sizeBelow(weights, 0.99) : largest(weights)) || 1;
    this.picture.draw(
      {
        count: this.shown.length,
        shape: header.shape,
        values: weights,
        first: (place) => this.shown[place],
        stride: nHidden,
        range: (place) => {
          const limit = own ? own[this.shown[place]] || 1 : most;
          return [-limit, limit];
        },
        shade: shades.signed,
        names: header.names,
        columnNames: this.shown.map(unitName),
        marked: this.shown.indexOf(picked),
      },
      look,
    );
    this.scale.show(
      shades.signed,
      own ? "−max" : `${scale === "clipped" ? "≤ " : ""}${signed(-most)}`,
      own ? "+max, of each unit" : `${scale === "clipped" ? "≥ " : ""}${signed(most)}`,
    );
    this.pages.hidden = pages < 2;
    setText(
      this.pageText,
      `units ${this.page * PAGE + 1} to ${this.page * PAGE + this.shown.length} of ${nHidden}`,
    );
    this.clear.hidden = picked < 0;
    this.canvas.setAttribute(
      "aria-label",
      `Filters of ${nHidden} hidden units over ${nVisible} visible ones, weights within ±${number(largest(weights))}. Arrow keys read them, with Shift weight by weight; Enter marks a unit.`,
    );
    this.card.note(
      picked < 0
        ? "Point at a weight to read it; touch a unit to mark it everywhere."
        : this.unit(picked),
    );
  }

  // The units in the order wished; while epochs rush by it is kept for a while, for the eye's sake.
  order(moment) {
    const { nHidden } = moment.machine;
    if (this.options.order === "index") return [...Array(nHidden).keys()];
    const now = performance.now();
    const kept = this.kept?.length === nHidden && moment.moving && now - this.ordered < ORDER_PAUSE;
    if (!kept) {
      const { mean } = moment.activity();
      this.kept = [...mean.keys()].sort((one, other) => mean[other] - mean[one] || one - other);
      this.ordered = now;
    }
    return this.kept;
  }

  ownScales({ nVisible, nHidden, weights }) {
    const own = new Float64Array(nHidden);
    for (let at = 0; at < nVisible * nHidden; at += 1) {
      const size = Math.abs(weights[at]);
      if (size > own[at % nHidden]) own[at % nHidden] = size;
    }
    return own;
  }

  // One unit in words.
  unit(j) {
    const { machine, cases } = this.moment;
    const bias = `${unitName(j)}: bias ${signed(machine.hiddenBias[j])}`;
    return cases.length
      ? `${bias}, on ${percent(this.moment.activity().mean[j])} of the time`
      : bias;
  }

  reading(at) {
    if (!at) return "";
    const unit = this.unit(this.shown[at.place]);
    return `${unit} · weight to ${this.moment.header.names[at.unit]}: ${signed(this.picture.value(at))}`;
  }

  async save() {
    const blob = await this.picture.png(this.moment.look, 3);
    download(blob, `filters-epoch-${this.moment.epoch}.png`);
  }
}
