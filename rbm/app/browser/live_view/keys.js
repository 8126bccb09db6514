// The keyboard: what the keys do while the focus is in the live view, and the list that says so.

import { element } from "../shared/dom.js";

const KEYS = [
  ["← →", "one recorded frame back, forward"],
  ["Shift ← →", "ten frames"],
  ["Home, End", "first frame; newest frame, and follow it"],
  ["+ −", "zoom in, zoom out"],
  ["0", "fit the whole square"],
  ["H", "open and close this list"],
  ["wheel, pinch", "zoom; drag to move; double-click to fit"],
];

/** The list of keys, shown over the picture; hidden at first. */
export function buildHelp(close) {
  const rows = KEYS.flatMap(([keys, text]) => [element("dt", {}, keys), element("dd", {}, text)]);
  return element(
    "div",
    { class: "over help", hidden: true, role: "dialog", "aria-label": "Keyboard" },
    element("strong", {}, "With the picture in focus"),
    element("dl", {}, ...rows),
    element("button", { type: "button", class: "small", onclick: close }, "Close"),
  );
}

/** Acts on the view's keys and leaves all others to the page, which has shortcuts of its own. */
export function listenToKeys(view) {
  const actionOf = (event) => {
    const many = event.shiftKey ? 10 : 1;
    const { place } = view.playhead;
    const actions = {
      ArrowLeft: () => view.seek(place - many),
      ArrowRight: () => view.seek(place + many),
      Home: () => view.seek(0),
      End: () => view.seek(view.recording.count - 1),
      h: () => view.toggleHelp(),
      H: () => view.toggleHelp(),
      "+": () => view.zoom(1.25),
      "-": () => view.zoom(0.8),
      0: () => view.fit(),
    };
    return event.key === "Escape" && !view.help.hidden ? actions.h : actions[event.key];
  };
  view.root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Space on one of the view's own controls is that control's: the page must not act as well.
    const inControl = event.target.matches("input, select, button");
    if (event.key === " " && inControl) event.stopPropagation();
    if (event.target.matches("input, select")) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}
