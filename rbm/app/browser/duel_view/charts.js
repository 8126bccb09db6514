// Both sides' curves on one pair of axes.

import { rgba } from "../shared/colours.js";
import { draw, timeScale } from "../shared/sharp.js";
import { ticks } from "../shared/ticks.js";

/** How each side is drawn: the purple of Okabe and Ito, darker on white, and dashes for B. */
export const LINES = {
  light: { a: { colour: [20, 20, 20], dash: [] }, b: { colour: [176, 74, 130], dash: [6, 3] } },
  dark: { a: { colour: [240, 240, 240], dash: [] }, b: { colour: [224, 150, 190], dash: [6, 3] } },
};
const LEFT = 34;
const RIGHT = 14;
const BOTTOM = 16;
const TOP = 12; // room for the letter A above a line that runs along the top

/** The part of the chart between its axes: pixels across -> share of the time. */
export const shareAt = (pixels, width) =>
  Math.min(1, Math.max(0, (pixels - LEFT) / Math.max(1, width - LEFT - RIGHT)));

/**
 * `lines`: {a, b} of [[epoch, value], …]; `levels`: [[value, words]] drawn across; `last` epoch of
 * the axis; `epoch` of the playhead; `start`, where the sides part; `highest` value of the axis.
 */
export function drawPair(canvas, { lines, levels, last, epoch, start, highest, log }, look) {
  const { ink, ground, dark } = look;
  const styles = dark ? LINES.dark : LINES.light;
  draw(canvas, (context, width, height) => {
    const time = timeScale(last, log);
    const x = (at) => LEFT + (width - LEFT - RIGHT) * time.share(at);
    const room = height - TOP - BOTTOM;
    const y = (value) => TOP + room * (1 - Math.min(1.02, Math.max(-0.06, value / highest)));
    const line = (points, dash, style, thick) => {
      context.setLineDash(dash);
      context.beginPath();
      points.forEach(([across, up]) => context.lineTo(across, up));
      context.strokeStyle = style;
      context.lineWidth = thick;
      context.stroke();
      context.setLineDash([]);
    };
    context.fillStyle = ink;
    context.globalAlpha = 0.75;
    context.textAlign = "right";
    for (const { value, label } of ticks(0, highest, 3)) {
      context.fillText(label, LEFT - 4, y(value) + 4);
    }
    context.textAlign = "center";
    for (const at of log ? powers(last) : ticks(0, Math.max(1, last), 3).map((t) => t.value)) {
      const half = context.measureText(at.toLocaleString("en-US")).width / 2;
      context.fillText(
        at.toLocaleString("en-US"),
        Math.min(width - half, Math.max(LEFT, x(at))),
        height - 3,
      );
    }
    context.globalAlpha = 0.3;
    line([[LEFT, TOP], [LEFT, height - BOTTOM], [width - RIGHT, height - BOTTOM]], [], ink, 1);
    for (const [value] of levels) line([[LEFT, y(value)], [width - RIGHT, y(value)]], [2, 3], ink, 1);
    if (start > 0) line([[x(start), TOP], [x(start), height - BOTTOM]], [1, 4], ink, 1);
    context.globalAlpha = 0.6;
    line([[x(epoch), TOP], [x(epoch), height - BOTTOM]], [], ink, 1);
    context.globalAlpha = 1;
    for (const [side, points] of Object.entries(lines)) {
      const { colour, dash } = styles[side];
      const drawn = points.map(([at, value]) => [x(at), y(value)]);
      line(drawn, dash, rgba(colour), 2);
      const end = drawn.at(-1);
      if (!end) continue;
      context.fillStyle = rgba(colour);
      context.textAlign = "left";
      context.font = "bold 11px sans-serif";
      // Lines that end together: A's letter stands above, B's below.
      context.fillText(side.toUpperCase(), end[0] + 3, end[1] + (side === "a" ? -2 : 10));
      context.font = "11px sans-serif";
    }
    context.textAlign = "right";
    for (const [value, words] of levels) {
      context.strokeStyle = ground; // a halo: the lines pass behind the words
      context.lineWidth = 4;
      context.strokeText(words, width - RIGHT - 2, y(value) - 4);
      context.globalAlpha = 0.7;
      context.fillStyle = ink;
      context.fillText(words, width - RIGHT - 2, y(value) - 4);
      context.globalAlpha = 1;
    }
  });
}

const powers = (last) =>
  Array.from({ length: 1 + Math.floor(Math.log10(Math.max(1, last))) }, (_, power) => 10 ** power);

/** The recorded errors as points of a line, one a pixel column at most. */
export function errorLine({ recording }, last, log, columns = 300) {
  const time = timeScale(last, log);
  const places = new Set();
  for (let column = 0; column <= columns; column += 1) {
    places.add(recording.placeOf(time.epoch(column / columns)));
  }
  return [...places]
    .filter((place) => Number.isFinite(recording.errors[place]))
    .map((place) => [recording.epochs[place], recording.errors[place]]);
}

/** The measured mismatches as points of a line. */
export const mismatchLine = ({ mismatchEpochs, mismatch }) =>
  Array.from(mismatchEpochs, (epoch, place) => [epoch, mismatch[place]]);
