// The controls of the view: legend, and the settings of the picture.

import { element, setText } from "../shared/dom.js";
import { LAYERS, NOISE, PROBES } from "./options.js";

/** The legend: one toggle button a layer. `changed()` after each press. */
export function buildLegend(options, changed) {
  const legend = element("div", { class: "legend", role: "group", "aria-label": "Layers" });
  for (const [name, { label, mark, title }] of Object.entries(LAYERS)) {
    const button = element(
      "button",
      {
        type: "button",
        class: "chip",
        title,
        "data-layer": name,
        "aria-pressed": String(options.layers[name]),
      },
      element("span", { class: `mark mark-${mark}`, "aria-hidden": "true" }),
      label,
    );
    button.addEventListener("click", () => {
      options.layers[name] = !options.layers[name];
      button.setAttribute("aria-pressed", String(options.layers[name]));
      changed();
    });
    legend.append(button);
  }
  return legend;
}

/** Settings of the picture: probes, passes, noise, bandwidth. `actions`: changed, clear, fit, help, save. */
export function buildKnobs(options, actions) {
  const select = (label, choices, value, chosen) => {
    const menu = element(
      "select",
      { "aria-label": label },
      ...choices.map(([name, text]) =>
        element("option", { value: name, selected: name === String(value) }, text),
      ),
    );
    menu.addEventListener("change", () => chosen(menu.value));
    return [element("label", { class: "knob" }, element("span", {}, label), menu), menu];
  };
  const slider = (label, limits, value, show, chosen) => {
    const output = element("b", {}, show(value));
    const range = element("input", { type: "range", ...limits, value, "aria-label": label });
    range.addEventListener("input", () => {
      setText(output, show(Number(range.value)));
      chosen(Number(range.value));
    });
    return element("label", { class: "knob" }, element("span", {}, label, " ", output), range);
  };
  const clear = element(
    "button",
    { type: "button", class: "small", onclick: actions.clear },
    "Clear points",
  );
  const saveButton = element(
    "button",
    {
      type: "button",
      class: "small",
      onclick: actions.save,
      title: "Save the picture as PNG or SVG, at any size",
    },
    "Save…",
  );
  const [probes, probesMenu] = select("Start from", PROBES, options.probes, (value) => {
    options.probes = value;
    actions.changed();
  });
  const [noise] = select("Noise", NOISE, options.noise, (value) => {
    options.noise = Number(value);
    actions.changed();
  });
  const node = element(
    "div",
    { class: "knobs" },
    probes,
    slider("Passes", { min: 1, max: 100, step: 1 }, options.passes, String, (value) => {
      options.passes = value;
      actions.changed();
    }),
    noise,
    slider(
      "Smoothing",
      { min: 0.005, max: 0.1, step: 0.005 },
      options.bandwidth,
      (value) => value.toFixed(3),
      (value) => {
        options.bandwidth = value;
        actions.changed();
      },
    ),
    element(
      "div",
      { class: "knob-buttons" },
      clear,
      element(
        "button",
        {
          type: "button",
          class: "small",
          onclick: actions.fit,
          title: "Show the whole square (double-click)",
        },
        "Fit",
      ),
      element(
        "button",
        { type: "button", class: "small", onclick: actions.help, title: "Keyboard (H)" },
        "Help",
      ),
      saveButton,
    ),
  );
  return {
    node,
    saveButton,
    sync() {
      probesMenu.value = options.probes;
      clear.hidden = options.probes !== "clicks";
    },
  };
}
