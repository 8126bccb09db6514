// The small pictures of the panel: curves over epochs, bars of the slopes, the map of the weights.

import { rgba } from "../shared/colours.js";
import { draw, timeScale } from "../shared/sharp.js";
import { mismatchAt } from "./verdict.js";

const FIXED_POINTS = [
  [0, "fresh data"],
  [1, "uniform noise"],
];

/**
 * Error and mismatch over epochs, both on the scale 0 = fresh data, 1 = uniform noise, with the
 * playhead. `curves`: {recording, mismatchEpochs, mismatch, scores, epoch, logTime}.
 */
export function drawCurves(canvas, curves, { theme, ink, ground }) {
  const { recording, mismatchEpochs, mismatch, scores, epoch, logTime } = curves;
  draw(canvas, (context, width, height) => {
    const top = Math.min(
      2,
      mismatch.reduce((most, value) => Math.max(most, value), 1.15),
    );
    const time = timeScale(recording.newest, logTime);
    const x = (e) => 1 + (width - 2) * time.share(e);
    const y = (level) =>
      height - 3 - ((height - 6) * (Math.min(top, Math.max(-0.05, level)) + 0.05)) / (top + 0.05);
    context.fillStyle = ink;
    context.strokeStyle = ink;
    context.lineWidth = 1;
    for (const [level] of FIXED_POINTS) {
      context.globalAlpha = 0.25;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(0, y(level));
      context.lineTo(width, y(level));
      context.stroke();
      context.setLineDash([]);
    }
    context.globalAlpha = 1;
    const span = scores.error_uniform - scores.error_floor;
    if (span > 0) {
      const level = (place) => (recording.errors[place] - scores.error_floor) / span;
      context.beginPath();
      const columns = Math.max(1, Math.floor(width));
      for (let column = 0; column <= columns; column += 1) {
        const place = recording.placeOf(time.epoch(column / columns));
        if (Number.isFinite(recording.errors[place]))
          context.lineTo(x(recording.epochs[place]), y(level(place)));
      }
      context.setLineDash([4, 3]);
      stroke(context, rgba(theme.link), 1.5);
      context.setLineDash([]);
    }
    context.beginPath();
    for (let place = 0; place < mismatchEpochs.length; place += 1) {
      context.lineTo(x(mismatchEpochs[place]), y(mismatch[place]));
    }
    stroke(context, rgba(theme.reconstruction), 2);
    const now = mismatchAt(mismatchEpochs, mismatch, epoch);
    if (now) {
      context.fillStyle = rgba(theme.reconstruction);
      context.beginPath();
      context.arc(x(epoch), y(now.value), 3, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(x(epoch), 0);
    context.lineTo(x(epoch), height);
    stroke(context, ink, 1);
    context.globalAlpha = 1;
    context.textAlign = "right";
    for (const [level, label] of FIXED_POINTS) {
      context.globalAlpha = 0.85;
      context.strokeStyle = ground; // a halo: the lines pass behind the words
      context.lineWidth = 4;
      context.strokeText(label, width - 2, y(level) - 4);
      context.globalAlpha = 0.7;
      context.fillStyle = ink;
      context.fillText(label, width - 2, y(level) - 4);
    }
    context.globalAlpha = 1;
  });
}

function stroke(context, style, width) {
  context.strokeStyle = style;
  context.lineWidth = width;
  context.stroke();
}

/** Hidden slopes as bars on a logarithmic scale between the clamps; clamped ones stand out. */
export function drawSlopes(canvas, slopes, [lowest, highest], theme, ink) {
  draw(canvas, (context, width, height) => {
    const bar = width / slopes.length;
    const level = (slope) => Math.log(slope / lowest) / Math.log(highest / lowest);
    const one = height - height * level(1);
    slopes.forEach((slope, j) => {
      const clamped = isClamped(slope, [lowest, highest]);
      const tall = Math.max(2, height * Math.min(1, Math.max(0, level(slope))));
      context.fillStyle = clamped ? rgba(theme.reconstruction) : rgba(theme.data, 0.75);
      context.fillRect(j * bar + 1, height - tall, Math.max(1, bar - 2), tall);
      if (clamped) {
        context.fillStyle = ink;
        context.textAlign = "center";
        context.fillText(
          "!",
          (j + 0.5) * bar,
          tall < height / 2 ? height - tall - 3 : height - tall + 11,
        );
      }
    });
    context.globalAlpha = 0.4;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(0, one);
    context.lineTo(width, one);
    stroke(context, ink, 1);
    context.setLineDash([]);
    context.globalAlpha = 1;
  });
}

export const isClamped = (slope, [lowest, highest]) =>
  slope <= lowest * (1 + 1e-6) || slope >= highest * (1 - 1e-6);

/** Weights (n_visible rows, n_hidden columns) as diverging bars: up and blue +, down and red -. */
export function drawWeights(canvas, machine, theme, ink) {
  const { weights, nHidden } = machine;
  const nVisible = 2;
  draw(canvas, (context, width, height) => {
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
    const bar = width / nHidden;
    const row = height / nVisible;
    for (let i = 0; i < nVisible; i += 1) {
      const zero = (i + 0.5) * row;
      for (let j = 0; j < nHidden; j += 1) {
        const tall = (weights[i * nHidden + j] / largest) * (row / 2 - 2);
        context.fillStyle = rgba(tall > 0 ? theme.data : theme.reconstruction, 0.85);
        context.fillRect(
          j * bar + 1,
          Math.min(zero, zero - tall),
          Math.max(1, bar - 2),
          Math.abs(tall),
        );
      }
      context.globalAlpha = 0.3;
      context.beginPath();
      context.moveTo(0, zero);
      context.lineTo(width, zero);
      stroke(context, ink, 1);
      context.globalAlpha = 1;
    }
  });
}
