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
 * A card {node, seen, tell(text), note(text), title(text)}. `seen` is whether it is on the screen: what is not
 * need not be drawn; `appeared()` is called when it comes into sight.
 */
export class Card {
  constructor(name, title, explanation, tools, body) {
    const id = `machine-view-${name}`;
    this.heading = element("h4", { id }, title);
    this.explanation = element("p", { class: "explain" }, explanation);
    this.readout = element("output", { class: "readout", "aria-live": "polite" });
    this.node = element(
      "section",
      { class: `card ${name}`, "aria-labelledby": id },
      element("div", { class: "head" }, this.heading, element("div", { class: "tools" }, ...tools)),
      this.explanation,
      ...body,
      this.readout,
    );
    this.seen = true;
    this.standing = "";
    this.pointed = "";
  }

  /** What the read-out says while nothing is pointed at. */
  note(text) {
    this.standing = text;
    this.read();
  }

  /** What is pointed at; "" when nothing is. */
  tell(text) {
    this.pointed = text;
    this.read();
  }

  read() {
    setText(this.readout, this.pointed || this.standing);
  }
}

/** Calls `moved(x, y)` in CSS pixels of the node while a pointer is over it, `left()` after that. */
export function pointed(node, moved, left) {
  const at = (event) => {
    const box = node.getBoundingClientRect();
    moved(event.clientX - box.left, event.clientY - box.top);
  };
  node.addEventListener("pointermove", at);
  node.addEventListener("pointerdown", at);
  node.addEventListener("pointerleave", left);
}
