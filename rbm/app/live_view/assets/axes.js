// The frame around the square: border, ticks and their numbers, in data units.

/** Round numbers from `low` to `high`, about `wanted` of them. */
export function ticks(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => {
    const value = (first + place) * step;
    return { value, label: value.toFixed(digits) };
  });
}

/** Draws the square's border and the axes' numbers inside the canvas's edges. */
export function drawAxes(painter, camera, ink) {
  const { context } = painter;
  context.globalAlpha = 0.35;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.strokeRect(camera.x(camera.low), camera.y(camera.high), ...painter.squareSize());
  context.globalAlpha = 0.7;
  context.fillStyle = ink;
  context.font = "11px sans-serif";
  const [left, bottom] = camera.valueAt(0, camera.height);
  const [right, top] = camera.valueAt(camera.width, 0);
  const wanted = Math.max(2, Math.round(Math.min(camera.width, camera.height) / 110));
  const edge = (pixel, size) => Math.min(size - 4, Math.max(4, pixel));
  const base = edge(camera.y(camera.low) - 4, camera.height);
  const side = edge(camera.x(camera.low) + 4, camera.width);
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const { value, label } of ticks(Math.max(left, camera.low), Math.min(right, camera.high), wanted)) {
    if (value > camera.low) context.fillText(label, edge(camera.x(value), camera.width), base);
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { value, label } of ticks(Math.max(bottom, camera.low), Math.min(top, camera.high), wanted)) {
    context.fillText(label, side, edge(camera.y(value), camera.height));
  }
  context.textBaseline = "alphabetic";
  context.globalAlpha = 1;
}
