// Histograms of the weights and of their last updates.

import { rgba } from "../shared/colours.js";
import { element, setText } from "../shared/dom.js";
import { draw } from "../shared/sharp.js";
import { Card, readable, toggle } from "./card.js";
import { changeOf, histogram, largest, meanSize } from "./statistics.js";
import { number, signed, unitName } from "./words.js";

const BINS = 41; // odd: the middle one is around 0

export class Histograms {
  constructor(options, view) {
    this.options = options;
    this.rows = [
      ["weights", "Weights"],
      ["updates", "Last updates, per epoch"],
    ].map(([name, title]) => ({
      name,
      note: element("span", { class: "side-note" }),
      canvas: element("canvas", { class: "histogram", role: "img", tabindex: 0 }),
      title,
    }));
    this.ratio = element("p", { class: "verdict" });
    this.card = new Card(
      "histograms",
      "Weights and updates",
      "How large they are, counted. Many small weights and a few large ones are the rule.",
      [
        toggle(
          "log counts",
          options.logCount,
          "Logarithmic counts: shows the few large ones",
          (on) => {
            options.logCount = on;
            view.changed();
          },
        ),
      ],
      [
        ...this.rows.map((row) => {
          const stage = readable(row.canvas, {
            card: () => this.card,
            reading: (x) => this.reading(row, x),
            steps: () => {
              const step = [row.canvas.clientWidth / BINS, 0];
              return { picture: step, unit: step };
            },
          });
          row.node = element(
            "div",
            { class: "row" },
            element("h5", {}, row.title, " ", row.note),
            stage,
          );
          return row.node;
        }),
        this.ratio,
      ],
    );
  }

  draw(moment) {
    this.moment = moment;
    const { machine, picked, look } = moment;
    const { weights, nHidden } = machine;
    const change = moment.before
      ? changeOf(weights, moment.before, weights.length, moment.since)
      : null;
    const [first, second] = this.rows;
    const own = (values) => values.filter((_, at) => at % nHidden === picked);
    for (const [row, values] of [
      [first, weights],
      [second, change],
    ]) {
      row.node.hidden = !values;
      if (!values) continue;
      row.limit = largest(values) || 1;
      row.counts = histogram(values, row.limit, BINS);
      row.marked = picked >= 0 ? histogram(own(values), row.limit, BINS) : null;
      setText(row.note, `mean size ${number(meanSize(values))}`);
      this.bars(row, look);
    }
    this.sayRatio(change, weights);
    this.card.note(
      picked >= 0 ? `Framed: the weights of ${unitName(picked)}, enlarged to the same height.` : "",
    );
  }

  sayRatio(change, weights) {
    const size = meanSize(weights);
    if (!change || size === 0) {
      setText(this.ratio, "No update yet: this is the first epoch that is recorded.");
      return;
    }
    const ratio = meanSize(change) / size;
    const { updates } = this.moment.header;
    const each =
      updates > 1
        ? `, so at least ${number(ratio / updates)} in each of its ${updates} updates`
        : "";
    setText(
      this.ratio,
      `Update / weight: ${number(ratio)} an epoch${each}. Rule of thumb: about 0.001 an update ` +
        "(Hinton 2012); much more is restless, much less is slow.",
    );
  }

  bars({ title, canvas, counts, marked, limit }, { theme, ink }) {
    const scale = (count) => (this.options.logCount ? Math.log1p(count) : count);
    draw(canvas, (context, width, height) => {
      const bottom = height - 15;
      const wide = width / BINS;
      const paint = (numbers, each) => {
        const top = Math.max(1, ...numbers);
        numbers.forEach((count, bin) => {
          const tall = (scale(count) / scale(top)) * (bottom - 2);
          if (count > 0) each(bin * wide, bottom - Math.max(1, tall), wide, Math.max(1, tall));
        });
      };
      context.fillStyle = rgba(theme.data, 0.8);
      paint(counts, (x, y, w, h) => context.fillRect(x + 0.5, y, w - 1, h));
      if (marked) {
        context.strokeStyle = rgba(theme.reconstruction);
        context.lineWidth = 1.5;
        paint(marked, (x, y, w, h) => context.strokeRect(x + 0.5, y, w - 1, h));
      }
      context.fillStyle = ink;
      context.globalAlpha = 0.75;
      context.fillRect(0, bottom, width, 1);
      context.fillText(signed(-limit), 0, height - 3);
      context.textAlign = "center";
      context.fillText("0", width / 2, height - 3);
      context.textAlign = "right";
      context.fillText(signed(limit), width, height - 3);
      context.textAlign = "left";
      context.globalAlpha = 1;
    });
    canvas.setAttribute("aria-label", `Histogram: ${title}, within ±${number(limit)}`);
  }

  reading({ canvas, counts, limit }, x) {
    if (!counts) return "";
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((x / canvas.clientWidth) * BINS)));
    const edge = (place) => number(-limit + (2 * limit * place) / BINS);
    return `${edge(bin)} … ${edge(bin + 1)}: ${counts[bin].toLocaleString("en-US")}`;
  }
}
