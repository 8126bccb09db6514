// The frame around the square: border, ticks and their numbers, in data units.

import { ticks } from "../shared/ticks.js";

/** Draws the border of the square in view, and the axes' numbers left of it and below. */
export function drawAxes(painter, ink) {
  const { context, camera } = painter;
  const { left, right, top, bottom } = camera.view;
  const wanted = (pixels) => Math.max(2, Math.round(pixels / 110));
  const across = [(left - camera.x(0)) / camera.scale, (right - camera.x(0)) / camera.scale];
  const upwards = [(camera.y(0) - bottom) / camera.scale, (camera.y(0) - top) / camera.scale];
  context.lineWidth = 1;
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.font = "11px sans-serif";
  context.globalAlpha = 0.3;
  context.strokeRect(left, top, right - left, bottom - top);
  context.globalAlpha = 0.75;
  context.textAlign = "center";
  for (const { value, label } of ticks(...across, wanted(right - left))) {
    context.fillText(label, camera.x(value), bottom + 15);
  }
  context.textAlign = "right";
  for (const { value, label } of ticks(...upwards, wanted(bottom - top))) {
    context.fillText(label, left - 5, camera.y(value) + 4);
  }
  context.textAlign = "left";
  context.globalAlpha = 1;
}
