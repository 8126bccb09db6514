// Small charts: a canvas as sharp as the screen, and epochs on its width.

/** A canvas made sharp for the screen, cleared; `paint(context, width, height)` in CSS pixels. */
export function draw(canvas, paint) {
  const density = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return;
  const columns = Math.round(width * density);
  const rows = Math.round(height * density);
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "11px sans-serif";
  paint(context, width, height);
}

/** Epoch -> 0 … 1 across the chart, on a linear or logarithmic scale (and back). */
export function timeScale(last, log) {
  const end = Math.max(1, last);
  if (!log) return { share: (epoch) => epoch / end, epoch: (share) => share * end };
  const span = Math.log(end + 1);
  return {
    share: (epoch) => Math.log(epoch + 1) / span,
    epoch: (share) => Math.exp(share * span) - 1,
  };
}
