// The map: a table of buttons, one for each cell, updated in place so that nothing flickers or
// loses the focus while results come in.

import { element, setText } from "../shared/dom.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] };

export class SweepMap {
  constructor() {
    this.root = element("div", { class: "sweep-map" });
    this.tell = () => {};
    this.built = "";
  }

  stop() {}

  /** `data`: as `rbm.views.sweeps.map_data` makes it, with `picked`, the cell chosen or null. */
  receive(data) {
    const { across, up, columns, rows } = data;
    const built = JSON.stringify([across, up, columns, rows]);
    if (built !== this.built) {
      this.built = built;
      this.build(data);
    }
    this.picked = data.picked;
    data.cells.forEach((cell, at) => this.show(at, cell, data));
    const entry = this.buttons[this.picked ?? 0];
    for (const button of this.buttons) button.tabIndex = button === entry ? 0 : -1;
  }

  build({ across, up, columns, rows, scale }) {
    this.columns = columns.length;
    this.buttons = rows.flatMap((row, y) => columns.map((column, x) => this.button(y, x)));
    const lines = rows.map((name, y) =>
      element(
        "tr",
        {},
        ...(up ? [element("th", { scope: "row" }, name)] : []),
        ...columns.map((column, x) =>
          element("td", {}, this.buttons[y * this.columns + x]),
        ),
      ),
    );
    const names = columns.map((name) => element("th", { scope: "col" }, name));
    const table = element(
      "table",
      { "aria-label": up ? `${up} upwards, ${across} across` : across },
      element("tbody", {}, ...lines.reverse()), // y upwards
      element("tfoot", {}, element("tr", {}, ...(up ? [element("td")] : []), ...names)),
    );
    const bar = element("span", { class: "bar" });
    bar.style.background = `linear-gradient(to right, ${scale.join(", ")})`;
    const frame = element(
      "div",
      { class: "frame" },
      ...(up ? [element("div", { class: "title" }, `↑ ${up}`)] : []),
      element("div", { class: "wide" }, table),
      element("div", { class: "title across" }, `${across} →`),
    );
    this.root.replaceChildren(
      frame,
      element(
        "div",
        { class: "legend" },
        "mismatch 0, as good as fresh data",
        bar,
        "1 or more, no better than noise; ★ the best",
      ),
    );
  }

  button(y, x) {
    const at = y * this.columns + x;
    return element(
      "button",
      {
        type: "button",
        onclick: () => this.tell("picked", at),
        ondblclick: () => this.tell("opened", at),
        onkeydown: (event) => this.move(event, y, x),
      },
      element("span", { class: "picture" }),
      element("span", { class: "number" }),
      element("span", { class: "spread" }),
      element("span", { class: "failed" }),
    );
  }

  move(event, y, x) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [row, column] = [y + step[0], x + step[1]];
    const inside = row >= 0 && column >= 0 && column < this.columns;
    if (inside) this.buttons[row * this.columns + column]?.focus();
  }

  show(at, cell, { best, cells, pictures, picked }) {
    const button = this.buttons[at];
    const [picture, number, spread, failed] = button.children;
    setText(number, at === best ? `★ ${cell.number}` : cell.number);
    setText(spread, cell.spread);
    setText(failed, cell.failed);
    const says = at === best ? `The best: ${cell.says}` : cell.says;
    if (button.title !== says) {
      button.title = says;
      button.setAttribute("aria-label", says);
    }
    button.setAttribute("aria-pressed", at === picked);
    button.classList.toggle("empty", !cell.number);
    button.style.backgroundColor = cell.colour;
    button.style.color = cell.light ? "#ffffff" : "#000000";
    picture.classList.toggle("there", cell.picture);
    if (!cell.picture) return;
    picture.style.backgroundImage = `url(${pictures})`;
    picture.style.backgroundSize = `100% ${100 * cells.length}%`;
    picture.style.backgroundPositionY = `${(100 * at) / Math.max(cells.length - 1, 1)}%`;
  }
}
