// The numbers beside the picture: epoch, mismatch and error with their fixed points, curves, bars.

import { drawCurves, drawSlopes, drawWeights, isClamped } from "./charts.js";
import { element, setText, thousands } from "../shared/dom.js";
import { timeScale } from "../shared/sharp.js";
import { mismatchAt, verdict } from "./verdict.js";

const SLOPE_BOUNDS = [0.05, 50];

/** One number with a scale from fresh data to uniform noise. */
function buildGauge(name, title) {
  const value = element("span", { class: "gauge-value" }, "–");
  const needle = element("span", { class: "gauge-needle", hidden: true });
  const floor = element("span", {}, "fresh data");
  const ceiling = element("span", {}, "uniform noise");
  return {
    node: element(
      "div",
      { class: "gauge", title },
      element("span", { class: "gauge-name" }, name),
      value,
      element("div", { class: "gauge-scale", "aria-hidden": "true" }, needle),
      element("div", { class: "gauge-ends" }, floor, ceiling),
    ),
    show(number, level, digits, ends) {
      setText(value, Number.isFinite(number) ? number.toFixed(digits) : "–");
      needle.hidden = !Number.isFinite(level);
      needle.style.left = `${100 * Math.min(1, Math.max(0, level))}%`;
      setText(floor, ends ? `fresh data ${ends[0].toFixed(digits)}` : "0 fresh data");
      setText(ceiling, ends ? `${ends[1].toPrecision(2)} noise` : "noise 1");
    },
  };
}

/** The panel; `seekEpoch(epoch)` when the curve chart is pressed or dragged; `link`: what copies it. */
export class Panel {
  constructor(seekEpoch, link) {
    this.epoch = element("span", { class: "epoch-value" }, "0");
    this.state = element("span", { class: "epoch-state" });
    this.mismatch = buildGauge(
      "Mismatch",
      "Share of the reconstruction's ink in the wrong place: 0 as good as fresh data, 1 no better than uniform noise",
    );
    this.error = buildGauge(
      "Reconstruction error",
      "Mean squared distance, per coordinate, between a data point and its one-pass reconstruction",
    );
    this.verdict = element("p", { class: "verdict" });
    this.curves = element("canvas", {
      class: "curves",
      role: "img",
      "aria-label": "Mismatch and reconstruction error over epochs",
    });
    this.slopes = element("canvas", { class: "slopes", role: "img" });
    this.slopesText = element("span", { class: "side-note" });
    this.weights = element("canvas", { class: "weights", role: "img" });
    this.weightsText = element("span", { class: "side-note" });
    this.hiddenProduct = element("b");
    this.visibleProduct = element("b");
    this.products = element(
      "p",
      {
        class: "products",
        title:
          "Scaling weights, biases and σ by c and slopes by 1/c gives the same machine: these products are what counts",
      },
      element("span", {}, "A", element("sub", {}, "hidden"), "·σ = ", this.hiddenProduct),
      element("span", {}, "A", element("sub", {}, "visible"), "·σ = ", this.visibleProduct),
    );
    this.memory = element("p", { class: "side-note" });
    const block = (name, note, canvas) =>
      element("section", {}, element("h4", {}, name, " ", note), canvas);
    this.root = element(
      "div",
      { class: "panel" },
      element(
        "div",
        { class: "epoch" },
        element("span", { class: "epoch-name" }, "Epoch"),
        this.epoch,
        this.state,
        link.button,
      ),
      link.note,
      element("div", { class: "gauges" }, this.mismatch.node, this.error.node),
      this.verdict,
      element(
        "section",
        {},
        element(
          "h4",
          {},
          "Over epochs ",
          element(
            "span",
            { class: "side-note" },
            element("span", { class: "key key-mismatch" }),
            "mismatch ",
            element("span", { class: "key key-error" }),
            "error",
          ),
        ),
        this.curves,
      ),
      block("Hidden slopes A", this.slopesText, this.slopes),
      block("Weights", this.weightsText, this.weights),
      this.products,
      this.memory,
    );
    const scrub = (event) => {
      if (event.buttons !== 1 || !this.shown) return;
      const box = this.curves.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      const { recording, logTime } = this.shown.curves;
      seekEpoch(Math.round(timeScale(recording.newest, logTime).epoch(share)));
    };
    this.curves.addEventListener("pointerdown", scrub);
    this.curves.addEventListener("pointermove", scrub);
    this.hover(
      this.slopes,
      this.slopesText,
      (machine, column) =>
        `A${subscript(column + 1)} = ${machine.hiddenSlope[column].toPrecision(3)}`,
    );
    this.hover(
      this.weights,
      this.weightsText,
      (machine, column, row) =>
        `w${subscript(row + 1)}${subscript(column + 1)} = ${machine.weights[row * machine.nHidden + column].toPrecision(3)}`,
    );
  }

  // Shows one bar's number beside the heading while the pointer is over it.
  hover(canvas, note, describe) {
    canvas.addEventListener("pointermove", (event) => {
      if (!this.shown) return;
      const { machine } = this.shown;
      const box = canvas.getBoundingClientRect();
      const cell = (at, size, count) =>
        Math.min(count - 1, Math.max(0, Math.floor((at / size) * count)));
      note.dataset.hover = "yes";
      setText(
        note,
        describe(
          machine,
          cell(event.clientX - box.left, box.width, machine.nHidden),
          cell(event.clientY - box.top, box.height, 2),
        ),
      );
    });
    canvas.addEventListener("pointerleave", () => {
      delete note.dataset.hover;
      if (this.shown) this.showNotes(this.shown.machine);
    });
  }

  /** Shows one moment: {machine, curves, state, look, hint, memory}; returns a summary in words. */
  show(moment) {
    this.shown = moment;
    const { machine, curves, state, look } = moment;
    const { theme, ink } = look;
    const { recording, scores, epoch } = curves;
    setText(this.epoch, thousands(epoch));
    setText(this.state, state);
    const measured = mismatchAt(curves.mismatchEpochs, curves.mismatch, epoch);
    const mismatch = measured ? measured.value : NaN;
    this.mismatch.show(mismatch, mismatch, 2, null);
    const error = recording.errors[recording.placeOf(epoch)];
    const { error_floor: floor, error_uniform: uniform } = scores;
    const known = Number.isFinite(floor) && Number.isFinite(uniform);
    this.error.show(
      error,
      known ? (error - floor) / (uniform - floor) : NaN,
      4,
      known ? [floor, uniform] : [0, 0],
    );
    const { sentence, disagree } = verdict(error, mismatch, scores);
    setText(this.verdict, `${disagree ? "≠ " : ""}${epoch === 0 && moment.hint ? moment.hint : sentence}`);
    this.verdict.classList.toggle("disagree", disagree);
    drawCurves(this.curves, curves, look);
    drawSlopes(this.slopes, machine.hiddenSlope, SLOPE_BOUNDS, theme, ink);
    drawWeights(this.weights, machine, theme, ink);
    this.showNotes(machine);
    setText(this.memory, moment.memory);
    setText(this.hiddenProduct, (mean(machine.hiddenSlope) * machine.sigma).toFixed(2));
    setText(this.visibleProduct, (mean(machine.visibleSlope) * machine.sigma).toFixed(3));
    const words = [`Epoch ${thousands(epoch)}`];
    if (Number.isFinite(mismatch)) words.push(`mismatch ${mismatch.toFixed(2)}`);
    if (Number.isFinite(error)) words.push(`reconstruction error ${error.toFixed(4)}`);
    return `${words.join(", ")}. ${sentence}`.trim();
  }

  showNotes(machine) {
    const clamped = machine.hiddenSlope.filter((slope) => isClamped(slope, SLOPE_BOUNDS)).length;
    const slopes = [...machine.hiddenSlope];
    if (!this.slopesText.dataset.hover) {
      setText(
        this.slopesText,
        `${Math.min(...slopes).toPrecision(2)} … ${Math.max(...slopes).toPrecision(2)}` +
          (clamped ? `, ${clamped} clamped` : ""),
      );
    }
    if (!this.weightsText.dataset.hover) {
      const largest = Math.max(...[...machine.weights].map(Math.abs));
      setText(this.weightsText, `±${largest.toPrecision(2)}`);
    }
    this.slopes.setAttribute("aria-label", `Hidden slopes ${this.slopesText.textContent}`);
    this.weights.setAttribute("aria-label", `Weights within ${this.weightsText.textContent}`);
  }
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
