// The live view's parts, and where they stand on the page.

import { element } from "../shared/dom.js";

/** The parts that only show: canvas, words about it, and what lies over it. */
export function buildStage() {
  return {
    canvas: element("canvas", {
      class: "picture",
      role: "img",
      tabindex: 0,
      "aria-label": "Data and reconstruction",
    }),
    notice: element("div", { class: "notice", role: "status", hidden: true }),
    hint: element(
      "div",
      { class: "hint", hidden: true },
      "Click or tap in the square to put points down",
    ),
    busy: element("div", { class: "busy", hidden: true }),
    caption: element("div", { class: "caption" }),
    speech: element("div", { class: "unseen", "aria-live": "polite" }),
  };
}

/** The root of all, with the parts of a view in their places. */
export function arrange(view) {
  const root = element("div", { class: "live-view", "data-testid": "live-view" });
  Object.assign(root.dataset, { epoch: "", newest: -1, pictures: 0 });
  const { canvas, hint, busy, help, save, legend, caption, notice, transport, knobs } = view;
  root.append(
    element(
      "div",
      { class: "layout" },
      element(
        "div",
        { class: "stage" },
        legend,
        element("div", { class: "frame" }, canvas, hint, busy, help, save.node),
        caption,
        notice,
        transport.node,
        knobs.node,
      ),
      view.panel.root,
    ),
    view.speech,
  );
  return root;
}
