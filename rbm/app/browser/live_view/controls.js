// The controls of the view: legend, transport (timeline) and the settings of the picture.

import { element, setText, thousands } from "../shared/dom.js";
import { LAYERS, NOISE, PROBES } from "./options.js";

const TIMELINE_STEPS = 1000; // positions of the timeline on a logarithmic scale

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

/**
 * The transport: step buttons, the timeline over all recorded frames, back to live, branch.
 * `actions`: step(frames), seek(place), live(), branch(), changed().
 */
export function buildTransport(options, actions) {
  const step = (frames, symbol, label) =>
    element(
      "button",
      {
        type: "button",
        class: "step",
        "aria-label": label,
        title: label,
        onclick: () => actions.step(frames),
      },
      symbol,
    );
  const timeline = element("input", {
    type: "range",
    class: "timeline",
    min: 0,
    max: 0,
    step: 1,
    value: 0,
    "aria-label": "Recorded epochs",
  });
  const live = element(
    "button",
    {
      type: "button",
      class: "small live",
      onclick: actions.live,
      title: "Follow the newest epoch (End)",
    },
    "Live",
  );
  const branch = element(
    "button",
    {
      type: "button",
      class: "small branch",
      onclick: actions.branch,
      title: "Train on from the epoch shown; what came after it is put aside, and Undo brings it back",
    },
    "Continue from here",
  );
  const scale = element(
    "button",
    {
      type: "button",
      class: "small",
      "aria-pressed": "false",
      title: "Logarithmic timeline: more room for the first epochs",
    },
    "log",
  );
  let last = 0;
  const placeOf = (value) =>
    options.logTime ? Math.round((last + 1) ** (value / TIMELINE_STEPS)) - 1 : value;
  const valueOf = (place) =>
    options.logTime && last > 0
      ? Math.round((TIMELINE_STEPS * Math.log(place + 1)) / Math.log(last + 1))
      : place;
  const syncScale = () => scale.setAttribute("aria-pressed", String(options.logTime));
  scale.addEventListener("click", () => {
    options.logTime = !options.logTime;
    syncScale();
    actions.changed();
  });
  timeline.addEventListener("input", () => actions.seek(placeOf(Number(timeline.value))));
  syncScale();
  return {
    node: element(
      "div",
      { class: "transport", role: "group", "aria-label": "Recording" },
      step(-10, "⟪", "Back ten frames"),
      step(-1, "⟨", "Back one frame"),
      timeline,
      step(1, "⟩", "On one frame"),
      step(10, "⟫", "On ten frames"),
      scale,
      live,
      branch,
    ),
    sync(place, newest, epoch, following) {
      last = newest;
      timeline.max = String(options.logTime ? TIMELINE_STEPS : last);
      timeline.value = String(valueOf(place));
      timeline.setAttribute("aria-valuetext", `epoch ${thousands(epoch)}`);
      live.setAttribute("aria-pressed", String(following));
      branch.disabled = following;
    },
  };
}
