// Hidden probabilities: units × cases, and which units do nothing.

import { element, setText } from "../shared/dom.js";
import { draw } from "../shared/sharp.js";
import { buildScale, Card, readable } from "./card.js";
import { cellAt, Heatmap } from "./heatmap.js";
import { number, percent, unitName, unitNames } from "./words.js";

const ROW = 24; // CSS pixels of a row, where there is room
const TALLEST = 300;

export class Hidden {
  constructor(options, view) {
    this.canvas = element("canvas", { class: "hidden-canvas", role: "img", tabindex: 0 });
    this.verdict = element("p", { class: "verdict" });
    this.scale = buildScale();
    const stage = readable(this.canvas, {
      card: () => this.card,
      reading: (x, y) => this.reading(this.cell(x, y)),
      steps: () => {
        const { width, height } = this.frame;
        const step = [width / this.order.length, height / this.moment.machine.nHidden];
        return { picture: step, unit: step };
      },
      chosen: (x, y) => {
        const cell = this.cell(x, y);
        if (cell) view.pick(cell.row, true);
      },
    });
    this.card = new Card(
      "hidden",
      "Hidden probabilities",
      "How probable it is that each unit (row) is on for each learnt case (column). A useful unit is on for some cases only.",
      [],
      [stage, this.scale.node, this.verdict],
    );
    this.map = new Heatmap();
  }

  cell(x, y) {
    if (!this.frame) return null;
    return cellAt(this.frame, this.moment.machine.nHidden, this.order.length, x, y);
  }

  draw(moment) {
    this.moment = moment;
    const { machine, labels, header, look, shades, picked } = moment;
    const { nHidden, nVisible } = machine;
    const count = moment.cases.length / nVisible;
    this.canvas.hidden = count === 0;
    if (count === 0) return;
    const { probabilities, dead, saturated } = moment.activity();
    this.order = [...Array(count).keys()].sort((a, b) => labels[a] - labels[b] || a - b);
    const labelled = header.label_names.length > 0;
    this.canvas.style.height = `${Math.min(TALLEST, ROW * nHidden + (labelled ? 18 : 4))}px`;
    draw(this.canvas, (context, width, height) => {
      const frame = this.map.paint(
        context,
        width,
        height - (labelled ? 14 : 0),
        {
          rows: nHidden,
          columns: count,
          values: probabilities,
          at: (row, column) => this.order[column] * nHidden + row,
          range: () => [0, 1],
          shade: shades.share,
          rowNames: Array.from({ length: nHidden }, (_, j) => unitName(j)),
          columnNames: [],
        },
        look.ink,
      );
      this.frame = frame;
      context.fillStyle = look.ink;
      if (labelled) this.groups(context, frame, labels, header.label_names);
      if (picked >= 0 && picked < nHidden) {
        const tall = frame.height / nHidden;
        context.strokeStyle = look.accent;
        context.lineWidth = 2;
        context.strokeRect(frame.left, frame.top + picked * tall, frame.width, Math.max(2, tall));
      }
    });
    this.scale.show(shades.share, "0", "1");
    setText(this.verdict, verdictOf(dead, saturated, nHidden));
    this.verdict.classList.toggle("warns", dead.length + saturated.length > 0);
    this.card.note(
      picked >= 0
        ? `${unitName(picked)} is on ${percent(moment.activity().mean[picked])} of the time`
        : "",
    );
    this.canvas.setAttribute(
      "aria-label",
      `Probabilities of ${nHidden} hidden units for ${count} cases. ${this.verdict.textContent}`,
    );
  }

  // The labels below the runs of cases that have them.
  groups(context, { left, top, width, height }, labels, names) {
    const wide = width / this.order.length;
    context.textAlign = "center";
    let start = 0;
    for (let at = 1; at <= this.order.length; at += 1) {
      const label = labels[this.order[start]];
      if (at < this.order.length && labels[this.order[at]] === label) continue;
      const middle = left + ((start + at) / 2) * wide;
      const room = (at - start) * wide - 4;
      const name = names[label] ?? "";
      if (context.measureText(name).width <= room)
        context.fillText(name, middle, top + height + 13);
      if (at < this.order.length) {
        context.globalAlpha = 0.5;
        context.fillRect(left + at * wide - 0.5, top, 1, height + 6);
        context.globalAlpha = 1;
      }
      start = at;
    }
    context.textAlign = "left";
  }

  reading(cell) {
    if (!cell) return "";
    const { header, labels, machine, activity } = this.moment;
    const { probabilities, mean } = activity();
    const at = this.order[cell.column];
    const label = header.label_names[labels[at]];
    const name = header.case_names[at] ?? `case ${at + 1}`;
    const p = probabilities[at * machine.nHidden + cell.row];
    return `${unitName(cell.row)} for ${name}${label ? ` (${label})` : ""}: ${number(p)} · on ${percent(mean[cell.row])} of the time`;
  }
}

/** Which units do nothing, and what helps, in a sentence or two. */
export function verdictOf(dead, saturated, nHidden) {
  if (dead.length + saturated.length === 0) {
    return "No unit is dead (never above 0.05) or saturated (never below 0.95).";
  }
  const parts = [];
  if (dead.length) {
    parts.push(`${dead.length} of ${nHidden} dead, never above 0.05: ${unitNames(dead)}.`);
  }
  if (saturated.length) {
    parts.push(
      `${saturated.length} of ${nHidden} saturated, never below 0.95: ${unitNames(saturated)}.`,
    );
  }
  const advice = dead.length
    ? "A dead unit adds nothing: try a lower learning rate, a smaller batch or fewer hidden units."
    : "A saturated unit is only a bias: try a lower learning rate or more weight decay.";
  return `${parts.join(" ")} ${advice}`;
}
