// Curves over epochs: reconstruction error, free energies, likelihoods, with the shared playhead.

import { rgba } from "../shared/colours.js";
import { element, setText, thousands } from "../shared/dom.js";
import { draw, timeScale } from "../shared/sharp.js";
import { ticks } from "../shared/ticks.js";
import { Card } from "./card.js";
import { number } from "./words.js";

const PAD = { left: 44, right: 8, top: 8, bottom: 18 };

/**
 * The last of ascending `epochs` that is at most the given one and has a number: {epoch, value},
 * or null.
 */
export function valueAt({ epochs, values }, epoch) {
  for (let at = epochs.length - 1; at >= 0; at -= 1) {
    if (epochs[at] <= epoch && Number.isFinite(values[at])) {
      return { epoch: epochs[at], value: values[at] };
    }
  }
  return null;
}

/** Lowest and highest finite value of some curves and levels, a little apart; null for none. */
export function spanOf(curves, levels) {
  let low = Infinity;
  let high = -Infinity;
  for (const numbers of [...curves.map(({ values }) => values), levels]) {
    for (const value of numbers) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return null;
  const margin = 0.05 * (high - low) || Math.max(1e-3, 0.05 * Math.abs(high));
  return [low - margin, high + margin];
}

/** One chart: `curves(moment)` gives {curves: [{name, epochs, values, colour, dashed}], levels}. */
class Chart {
  constructor(title, curvesOf, says) {
    this.curvesOf = curvesOf;
    this.says = says;
    this.title = title;
    this.heading = element("h5", {}, title);
    this.keys = element("div", { class: "keys" });
    this.canvas = element("canvas", { class: "chart", role: "img" });
    this.words = element("p", { class: "side-note words" });
    this.node = element("div", { class: "row" }, this.heading, this.keys, this.canvas, this.words);
  }

  draw(moment, epoch) {
    const { look, recording, options } = moment;
    const { curves, levels = [] } = this.curvesOf(moment);
    this.shown = curves;
    const span = spanOf(
      curves,
      levels.map(({ value }) => value),
    );
    this.node.hidden = span === null;
    if (span === null) return;
    this.legend(curves, levels, epoch, look);
    setText(this.words, this.says(moment, epoch));
    const time = timeScale(recording.newest, options.logTime);
    draw(this.canvas, (context, width, height) => {
      const right = width - PAD.right;
      const bottom = height - PAD.bottom;
      const x = (at) => PAD.left + (right - PAD.left) * time.share(at);
      const y = (value) => bottom - ((value - span[0]) / (span[1] - span[0])) * (bottom - PAD.top);
      this.axes(context, { y, right, bottom, span, newest: recording.newest }, look);
      for (const { value } of levels)
        line(context, [PAD.left, right], [y(value), y(value)], look.ink, [2, 3]);
      for (const curve of curves) this.curve(context, curve, x, y, look);
      line(context, [x(epoch), x(epoch)], [PAD.top, bottom], look.ink, []);
      for (const curve of curves) {
        const now = valueAt(curve, epoch);
        if (!now) continue;
        context.fillStyle = rgba(look.theme[curve.colour]);
        context.beginPath();
        context.arc(x(now.epoch), y(now.value), 3, 0, 2 * Math.PI);
        context.fill();
      }
    });
    this.canvas.setAttribute("aria-label", `${this.title} over epochs. ${this.text(epoch)}`);
  }

  curve(context, { epochs, values, colour, dashed }, x, y, look) {
    context.strokeStyle = rgba(look.theme[colour]);
    context.lineWidth = 1.8;
    context.setLineDash(dashed ? [5, 3] : []);
    context.beginPath();
    let drawn = -Infinity;
    for (let at = 0; at < epochs.length; at += 1) {
      const place = x(epochs[at]);
      // Closer than half a pixel adds nothing; the last one always counts.
      if (!Number.isFinite(values[at]) || (place < drawn + 0.5 && at < epochs.length - 1)) continue;
      context.lineTo(place, y(values[at]));
      drawn = place;
    }
    context.stroke();
    context.setLineDash([]);
  }

  axes(context, { y, right, bottom, span, newest }, { ink }) {
    context.fillStyle = ink;
    context.textAlign = "right";
    for (const { value, label } of ticks(...span, 3)) {
      line(context, [PAD.left, right], [y(value), y(value)], ink, [], 0.12);
      context.globalAlpha = 0.75;
      context.fillText(label.replace("-", "−"), PAD.left - 5, y(value) + 4);
      context.globalAlpha = 1;
    }
    context.globalAlpha = 0.75;
    context.textAlign = "left";
    context.fillText("0", PAD.left, bottom + 13);
    context.textAlign = "right";
    if (newest > 0) context.fillText(`epoch ${thousands(newest)}`, right, bottom + 13);
    context.textAlign = "left";
    context.globalAlpha = 1;
  }

  legend(curves, levels, epoch, look) {
    const entries = curves
      .filter(({ values }) => values.some(Number.isFinite))
      .map((curve) => [curve.name, valueAt(curve, epoch)?.value, curve.colour, curve.dashed]);
    for (const { name, value } of levels) entries.push([name, value, null, true]);
    while (this.keys.children.length > entries.length) this.keys.lastChild.remove();
    while (this.keys.children.length < entries.length) {
      this.keys.append(
        element("span", {}, element("i", { class: "key" }), element("span"), " ", element("b")),
      );
    }
    entries.forEach(([name, value, colour, dashed], at) => {
      const [key, label, figure] = this.keys.children[at].children;
      key.style.borderTopStyle = dashed ? "dashed" : "solid";
      key.style.borderTopColor = colour ? rgba(look.theme[colour]) : "currentColor";
      setText(label, name);
      setText(figure, number(value));
    });
  }

  text(epoch) {
    return this.shown
      .map((curve) => [curve.name, valueAt(curve, epoch)])
      .filter(([, now]) => now)
      .map(([name, { value }]) => `${name} ${number(value)}`)
      .join(", ");
  }
}

function line(context, [x0, x1], [y0, y1], ink, dash, alpha = 0.6) {
  context.globalAlpha = alpha;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

const LEARNT = { name: "learnt", colour: "data", dashed: false };
const HELD_OUT = { name: "held out", colour: "reconstruction", dashed: true };
const scored = ({ scores }, column, look) => ({
  ...look,
  epochs: scores.epochs,
  values: scores.columns[column],
});

const CHARTS = [
  [
    "Reconstruction error",
    ({ recording }) => ({
      curves: [
        {
          ...LEARNT,
          epochs: recording.epochs.subarray(0, recording.count),
          values: recording.errors.subarray(0, recording.count),
        },
      ],
    }),
    () => "Mean squared difference of a case and its reconstruction. Small is not yet learnt.",
  ],
  [
    "Free energy",
    (moment) => ({ curves: [scored(moment, 0, LEARNT), scored(moment, 1, HELD_OUT)] }),
    sayGap,
  ],
  [
    "Log-likelihood",
    (moment) => ({
      curves: [scored(moment, 2, LEARNT), scored(moment, 3, HELD_OUT)],
      levels:
        moment.header.bound === null ? [] : [{ name: "best possible", value: moment.header.bound }],
    }),
    ({ header }) =>
      header.exact
        ? "Nats per case, exact by enumeration."
        : "Nats per case, estimated by annealed importance sampling; if it is wrong, it is too high.",
  ],
  [
    "Pseudo-log-likelihood",
    (moment) => ({ curves: [scored(moment, 4, LEARNT)] }),
    () => "Nats per case: how well each unit follows from the others. Needs no sampling.",
  ],
];

function sayGap(moment, epoch) {
  const learnt = valueAt(scored(moment, 0, LEARNT), epoch);
  const heldOut = valueAt(scored(moment, 1, HELD_OUT), epoch);
  if (!learnt) return "";
  if (!heldOut) return "Nats, up to a constant. No case is held out, so there is no gap to see.";
  const gap = heldOut.value - learnt.value;
  const times = number(Math.exp(Math.abs(gap)));
  const than = gap < 0 ? "more" : "less";
  return `Gap ${number(gap)} nats: held-out cases are ${times} times ${than} probable than learnt ones. A growing gap is learning by heart.`;
}

/** `view`: seekEpoch(epoch) when a chart is pressed or dragged. */
export class Curves {
  constructor(options, view) {
    this.charts = CHARTS.map((chart) => new Chart(...chart));
    this.card = new Card(
      "curves",
      "Over epochs",
      "Press or drag in a chart to go to that epoch.",
      [],
      [element("div", { class: "charts" }, ...this.charts.map(({ node }) => node))],
    );
    for (const chart of this.charts) {
      const epochAt = (x) => {
        const width = chart.canvas.clientWidth - PAD.left - PAD.right;
        const share = Math.min(1, Math.max(0, (x - PAD.left) / width));
        return Math.round(timeScale(this.moment.recording.newest, options.logTime).epoch(share));
      };
      const scrub = (event) => {
        if (this.moment && event.buttons === 1) view.seekEpoch(epochAt(event.offsetX));
      };
      chart.canvas.addEventListener("pointerdown", scrub);
      chart.canvas.addEventListener("pointermove", scrub);
      chart.canvas.addEventListener("pointermove", (event) => {
        const epoch = epochAt(event.offsetX);
        this.card.point(() => `epoch ${thousands(epoch)}: ${chart.text(epoch)}`);
      });
      chart.canvas.addEventListener("pointerleave", () => this.card.point(null));
    }
  }

  draw(moment) {
    this.moment = moment;
    for (const chart of this.charts) chart.draw(moment, moment.epoch);
  }
}
