// A card: one panel of the view with its title, one line that explains it, and a read-out.

import { element, setText } from "../shared/dom.js";

/** A button that is on or off: `changed(on)` after each press. */
export function toggle(label, on, title, changed) {
  const button = element(
    "button",
    { type: "button", class: "small", title, "aria-pressed": String(on) },
    label,
  );
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    changed(now);
  });
  return button;
}

/** A menu of [value, text]: `changed(value)` after each choice. */
export function menu(label, choices, value, changed) {
  const select = element(
    "select",
    { class: "small", "aria-label": label, title: label },
    ...choices.map(([name, text]) =>
      element("option", { value: name, selected: String(name) === String(value) }, text),
    ),
  );
  select.addEventListener("change", () => changed(select.value));
  return select;
}

/**
 * A card: `node`; `seen`, whether it is on the screen, so that what is not need not be drawn.
 * The read-out says what is pointed at (`point`), else its standing `note`.
 */
export class Card {
  constructor(name, title, explanation, tools, body) {
    const id = `machine-view-${name}`;
    this.readout = element("output", { class: "readout", "aria-live": "off" });
    this.node = element(
      "section",
      { class: `card ${name}`, "aria-labelledby": id },
      element(
        "div",
        { class: "head" },
        element("h4", { id }, title),
        element("div", { class: "tools" }, ...tools),
      ),
      element("p", { class: "explain" }, explanation),
      ...body,
      this.readout,
    );
    this.seen = true;
    this.standing = "";
    this.reading = null;
  }

  /** What the read-out says while nothing is pointed at. */
  note(text) {
    this.standing = text;
    this.read();
  }

  /** `reading()` says what is pointed at, also when that changes; null when nothing is. `aloud`: to
   * screen readers too, as the keys are theirs. */
  point(reading, aloud = false) {
    this.readout.setAttribute("aria-live", aloud ? "polite" : "off");
    this.reading = reading;
    this.read();
  }

  read() {
    setText(this.readout, this.reading?.() || this.standing);
  }
}

/**
 * Lets a pointer or the arrow keys read a canvas. `card()` is what has the read-out; `reading(x, y)`,
 * in CSS pixels, the words for it; `steps()` = {picture: [x, y], unit: [x, y]} how far an arrow
 * key goes, without and with Shift; `chosen(x, y)` follows a click or Enter. A ring shows where
 * the keys are. Returns the element that holds both.
 */
export function readable(canvas, { card, reading, steps, chosen = () => {} }) {
  const ring = element("span", { class: "ring", hidden: true, "aria-hidden": "true" });
  const stage = element("div", { class: "stage" }, canvas, ring);
  let [x, y] = [0, 0];
  const read = (aloud) => card().point(() => reading(x, y), aloud);
  const rest = () => {
    ring.hidden = true;
    card().point(null);
  };
  const point = (event) => {
    [x, y] = [event.offsetX, event.offsetY];
    ring.hidden = true;
    read(false);
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") rest(); // a finger leaves at once: what it read stays
  });
  canvas.addEventListener("blur", rest);
  canvas.addEventListener("click", () => chosen(x, y));
  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) {
      const [wide, tall] = steps()[event.shiftKey ? "unit" : "picture"];
      const moved = (at, by, size, step) => {
        const to = ring.hidden ? step / 2 : at + by * step;
        return to >= 0 && to < size ? to : at;
      };
      [x, y] = [
        moved(x, arrow[0], canvas.clientWidth, wide),
        moved(y, arrow[1], canvas.clientHeight, tall),
      ];
      ring.hidden = false;
      ring.style.left = `${canvas.offsetLeft + x}px`;
      ring.style.top = `${canvas.offsetTop + y}px`;
      read(true);
    } else if (event.key === "Enter" && !ring.hidden) chosen(x, y);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return stage;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The legend of a colour scale: {node, show(shade, low, high)} with the words at both ends. */
export function buildScale() {
  const [low, high] = [element("span"), element("span")];
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  return {
    node: element("div", { class: "scale" }, low, bar, high),
    show({ css }, lowest, highest) {
      bar.style.background = css;
      setText(low, lowest);
      setText(high, highest);
    },
  };
}
