// The numbers beside the two pictures: both measures of both sides, their difference, their curves.

import { element, setText, thousands } from "../shared/dom.js";
import { timeScale } from "../shared/sharp.js";
import { drawPair, errorLine, mismatchLine, shareAt } from "./charts.js";

const MEASURES = {
  mismatch: {
    label: "Mismatch",
    digits: 3,
    title: "0 as good as fresh data, 1 no better than uniform noise; smaller is better",
  },
  error: {
    label: "Reconstruction error",
    digits: 4,
    title: "Mean squared distance, per coordinate, between a point and its one-pass reconstruction",
  },
};

/** `seekEpoch(epoch)` when a chart is pressed or dragged. */
export class Panel {
  constructor(seekEpoch) {
    this.epoch = element("span", { class: "epoch-value" }, "0");
    this.state = element("span", { class: "epoch-state" });
    this.cells = {};
    this.charts = {};
    const rows = [];
    const sections = [];
    for (const [name, { label, title }] of Object.entries(MEASURES)) {
      const cells = ["a", "b", "difference"].map(() => element("td", {}, "–"));
      this.cells[name] = cells;
      rows.push(element("tr", { title }, element("th", { scope: "row" }, label), ...cells));
      const canvas = element("canvas", {
        class: "pair-chart",
        role: "img",
        "aria-label": `${label} of both sides over epochs`,
      });
      this.charts[name] = canvas;
      const scrub = (event) => {
        if (event.buttons !== 1 || !this.shown) return;
        const box = canvas.getBoundingClientRect();
        const { last, log } = this.shown;
        const share = shareAt(event.clientX - box.left, box.width);
        seekEpoch(Math.round(timeScale(last, log).epoch(share)));
      };
      canvas.addEventListener("pointerdown", scrub);
      canvas.addEventListener("pointermove", scrub);
      sections.push(
        element(
          "section",
          {},
          element(
            "h4",
            {},
            `${label} over epochs `,
            element("span", { class: "side-note" }, "A ", element("span", { class: "key key-a" })),
            element("span", { class: "side-note" }, "B ", element("span", { class: "key key-b" })),
          ),
          canvas,
        ),
      );
    }
    const head = ["", "A", "B", "B − A"].map((name) => element("th", { scope: "col" }, name));
    this.words = element("p", { class: "verdict" });
    this.root = element(
      "div",
      { class: "panel" },
      element(
        "div",
        { class: "epoch" },
        element("span", { class: "epoch-name" }, "Epoch of both"),
        this.epoch,
        this.state,
      ),
      element(
        "table",
        { class: "numbers" },
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...rows),
      ),
      this.words,
      ...sections,
    );
  }

  /** Shows one moment of both `sides`; returns a summary in words. */
  show({ sides, epoch, start, state, log, look }) {
    const last = Math.max(...Object.values(sides).map(({ recording }) => recording.newest));
    this.shown = { last, log };
    setText(this.epoch, thousands(epoch));
    setText(this.state, state);
    const known = {};
    for (const [name, { digits }] of Object.entries(MEASURES)) {
      const [a, b] = ["a", "b"].map((side) => sides[side].numbersAt(epoch)[name]);
      known[name] = [a, b];
      const [first, second, difference] = this.cells[name];
      const text = (number) => (Number.isFinite(number) ? number.toFixed(digits) : "–");
      setText(first, text(a));
      setText(second, text(b));
      setText(difference, signed(b - a, digits));
    }
    const summary = verdict(known.mismatch, epoch < start);
    setText(this.words, summary);
    const axis = { last, log, epoch, start };
    const { scores } = sides.a;
    const of = (line) => ({ a: line(sides.a), b: line(sides.b) });
    const mismatch = of(mismatchLine);
    const values = [...mismatch.a, ...mismatch.b].map(([, value]) => value);
    drawPair(
      this.charts.mismatch,
      {
        ...axis,
        lines: mismatch,
        levels: [[0, "fresh data"], [1, "uniform noise"]],
        highest: Math.min(2, Math.max(1.15, ...values)),
      },
      look,
    );
    const same = JSON.stringify(scores) === JSON.stringify(sides.b.scores);
    drawPair(
      this.charts.error,
      {
        ...axis,
        lines: of((side) => errorLine(side, last, log)),
        levels: same
          ? [[scores.error_floor, "fresh data"], [scores.error_uniform, "uniform noise"]]
          : [],
        highest: 1.15 * Math.max(scores.error_uniform, sides.b.scores.error_uniform),
      },
      look,
    );
    return `Epoch ${thousands(epoch)}. ${summary}`;
  }
}

function signed(number, digits) {
  if (!Number.isFinite(number)) return "–";
  const text = Math.abs(number).toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return `${number > 0 ? "+" : "−"}${text}`;
}

function verdict([a, b], before) {
  if (before) return "Before the sides part: they share this past.";
  if (!Number.isFinite(a) || !Number.isFinite(b)) return "";
  if (a === b) return "Both sides are the same machine.";
  const size = Math.abs(b - a);
  if (size < 0.005) return "In this one run, both are as good as each other.";
  const [better, worse] = b < a ? ["B", "A"] : ["A", "B"];
  return (
    `In this one run ${better} is nearer to the data than ${worse}, by ${size.toFixed(2)}. ` +
    "Whether that is more than luck, other seeds tell: see below."
  );
}
