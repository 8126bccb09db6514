// The transport: which recorded epoch is shown.

import { element, thousands } from "./dom.js";

const TIMELINE_STEPS = 1000; // positions of the timeline on a logarithmic scale

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
      title:
        "Train on from the epoch shown; what came after it is put aside, and Undo brings it back",
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
