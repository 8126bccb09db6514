// The small dialog that saves the picture: as what, how large, with or without background.

import { element, setText, thousands } from "../shared/dom.js";
import { download } from "../shared/download.js";
import { pngOf, svgOf } from "./save.js";

const SIDES = [400, 800, 1600, 3200];
const SMALLEST = 200;
const LARGEST = 4000;

/** `moment()`: what is shown now, null before the first picture; `closed()` after it has gone. */
export function buildSave({ moment, closed }) {
  const radio = (value, text, checked) => {
    const input = element("input", { type: "radio", name: "format", value, checked });
    return [input, element("label", {}, input, text)];
  };
  const [, png] = radio("png", "PNG", true);
  const [svg, svgLabel] = radio("svg", "SVG, for editing and printing", false);
  const side = element("input", {
    type: "number",
    min: SMALLEST,
    max: LARGEST,
    step: 1,
    value: 800,
    required: true,
    inputmode: "numeric",
    "aria-label": "Side in pixels",
  });
  const choices = SIDES.map((size) =>
    element("button", { type: "button", class: "small", onclick: () => choose(size) }, String(size)),
  );
  const ground = element("input", { type: "checkbox", checked: true });
  const status = element("p", { class: "side-note", role: "status" });
  const node = element(
    "form",
    { class: "over save", hidden: true, role: "dialog", "aria-label": "Save picture" },
    element("strong", {}, "Save the picture as shown"),
    element("div", { class: "save-row", role: "group", "aria-label": "Format" }, png, svgLabel),
    element(
      "div",
      { class: "save-row", role: "group", "aria-label": "Size" },
      ...choices,
      element("label", {}, side, "pixels"),
    ),
    element("label", { class: "save-row" }, ground, "With background"),
    element(
      "div",
      { class: "save-row" },
      element("button", { type: "submit", class: "small" }, "Save"),
      element("button", { type: "button", class: "small", onclick: () => close() }, "Close"),
      status,
    ),
  );

  const sync = () =>
    choices.forEach((button, place) =>
      button.setAttribute("aria-pressed", String(SIDES[place] === Number(side.value))),
    );
  const choose = (size) => {
    side.value = String(size);
    sync();
  };
  const close = () => {
    node.hidden = true;
    closed();
  };
  side.addEventListener("input", sync);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
  let drawing = false;
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (drawing || !moment()) return;
    drawing = true;
    setText(status, "Drawing …"); // a second for the largest: let the page say so first
    await new Promise((said) => requestAnimationFrame(() => setTimeout(said)));
    setText(status, await save(moment(), svg.checked, Number(side.value), ground.checked));
    drawing = false;
  });
  sync();
  return {
    node,
    toggle() {
      if (!node.hidden) return close();
      setText(status, "");
      node.hidden = false;
      node.querySelector("input").focus();
    },
  };
}

// Draws and keeps the moment; what has been kept, in words.
async function save(moment, asSvg, side, background) {
  const name = `rbm_${moment.epoch}.${asSvg ? "svg" : "png"}`;
  const blob = asSvg
    ? new Blob([svgOf(moment, side, background)], { type: "image/svg+xml" })
    : await pngOf(moment, side, background);
  if (!blob) return "This browser cannot draw a picture of that size: take a smaller one.";
  download(blob, name);
  return `${name}: ${thousands(Math.ceil(blob.size / 1000))} kB`;
}
