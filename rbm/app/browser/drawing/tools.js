// The board's controls: brushes, their size and density, undo, redo, clear, and the backdrop.

import { BRUSHES } from "./brushes.js";

// The brush's width in percent of the square's side.
const SIZES = [2, 3, 4, 6, 8, 12, 16, 24, 32, 50];
const FIRST_SIZE = 12;

const radios = Object.entries(BRUSHES)
  .map(
    ([name, { label, key, title }]) => `
      <label class="brush" title="${title} (${key.toUpperCase()} with the board in focus)">
        <input type="radio" name="brush" value="${name}"><span>${label}</span>
      </label>`,
  )
  .join("");

export const TOOLS = `
  <div class="brushes" role="radiogroup" aria-label="Brush">${radios}</div>
  <div class="sliders">
    <label><span>Brush size <output data-of="size"></output></span>
      <input type="range" data-tool="size" min="0" max="${SIZES.length - 1}"
        aria-label="Brush size"></label>
    <label><span><span data-of="meaning"></span> <output data-of="amount"></output></span>
      <input type="range" data-tool="amount" min="1" max="10"></label>
  </div>`;

export const STEPS = `
  <div class="steps">
    <button type="button" data-do="undo" title="Ctrl+Z">Undo</button>
    <button type="button" data-do="redo" title="Ctrl+Shift+Z, Ctrl+Y">Redo</button>
    <button type="button" data-do="clear"
      title="Take all points away; Undo brings them back">Clear</button>
  </div>
  <div class="backdrop" hidden>
    <label class="show">
      <input type="checkbox" data-tool="backdrop"> <span data-of="backdrop"></span>
    </label>
    <button type="button" data-do="start">Start from these points</button>
  </div>`;

export class Tools {
  /** Finds its controls in `root` (TOOLS and STEPS); calls `changed()` after each change. */
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    this.brush = "spray";
    this.size = SIZES.indexOf(FIRST_SIZE);
    this.amounts = Object.fromEntries(
      Object.entries(BRUSHES).map(([name, { first }]) => [name, first]),
    );
    this.backdrop = false;
    const listen = (node, kind, act) => node.addEventListener(kind, (event) => act(event.target));
    listen(root.querySelector(".brushes"), "change", ({ value }) => this.pick(value));
    listen(this.control("size"), "input", ({ value }) => this.resize(Number(value)));
    listen(this.control("amount"), "input", ({ value }) => {
      this.amounts[this.brush] = Number(value);
      this.show();
    });
    listen(this.control("backdrop"), "change", ({ checked }) => {
      this.backdrop = checked;
      this.show();
    });
    this.show();
  }

  control(name) {
    return this.root.querySelector(`[data-tool="${name}"]`);
  }

  say(name, text) {
    this.root.querySelector(`[data-of="${name}"]`).textContent = text;
  }

  /** Of the square's side. */
  get radius() {
    return SIZES[this.size] / 200;
  }

  get amount() {
    return this.amounts[this.brush];
  }

  pick(brush) {
    this.brush = brush;
    this.show();
  }

  resize(size) {
    this.size = Math.min(SIZES.length - 1, Math.max(0, size));
    this.show();
  }

  /** Acts on a key pressed on the board; false when it is none of the board's. */
  keyPressed(key) {
    const named = Object.entries(BRUSHES).find(([, brush]) => brush.key === key.toLowerCase());
    if (named) this.pick(named[0]);
    else if (key === "[" || key === "-") this.resize(this.size - 1);
    else if (key === "]" || key === "+") this.resize(this.size + 1);
    else return false;
    return true;
  }

  show() {
    const meaning = BRUSHES[this.brush].amount;
    this.root.querySelector(`[value="${this.brush}"]`).checked = true;
    const size = this.control("size");
    size.value = this.size;
    size.setAttribute("aria-valuetext", `${SIZES[this.size]} percent of the square`);
    this.say("size", `${SIZES[this.size]} %`);
    const amount = this.control("amount");
    amount.disabled = meaning === null;
    amount.value = this.amount;
    amount.setAttribute("aria-label", meaning ?? "Density");
    this.say("meaning", meaning ?? "Density");
    this.say("amount", meaning ? String(this.amount) : "–");
    this.control("backdrop").checked = this.backdrop;
    this.changed();
  }
}
