// The picture: which layer is painted how, in which order.

import { drawAxes } from "./axes.js";
import { rgba } from "../shared/colours.js";

/** Fits a canvas to the camera's box and the screen's density; what was on it is lost if it grows. */
export function fitToScreen(canvas, context, camera) {
  const density = window.devicePixelRatio || 1;
  const width = Math.round(camera.width * density);
  const height = Math.round(camera.height * density);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(density, 0, 0, density, 0, 0);
  context.imageSmoothingQuality = "low"; // bilinear: a tenth of the cost of "high"
}

/** One kind of picture, on whatever context its painter has. */
export class Picture {
  constructor(painter, camera) {
    this.painter = painter;
    this.camera = camera;
  }

  /** Paints one scene; `background`: a CSS colour, or null for none. */
  draw(scene, { data, clicks }, { layers, probes }, { ground, ink, theme }, background = ground) {
    const { painter, camera } = this;
    painter.begin(camera, background);
    painter.clipped(0, () => {
      if (scene.landscape) this.landscape(scene.landscape, theme);
      this.ink(scene, layers, theme);
      if (layers.hiddenLines) this.hiddenLines(scene.machine, theme);
      if (layers.links) painter.links(scene.probes, scene.ends, rgba(theme.link, 0.45));
    });
    const nearer = Math.min(2, Math.sqrt(camera.zoom));
    const size = nearer * Math.min(3, Math.max(1.5, 40 / Math.sqrt(Math.max(1, data.length / 2))));
    painter.clipped(5, () => {
      if (layers.data) painter.circles(data, rgba(theme.data, 0.75), size);
      if (layers.reconstructions) {
        painter.diamonds(scene.ends, rgba(theme.reconstruction, 0.9), 1.4 + 1.5 * size);
      }
      if (probes === "clicks") {
        const cloud = new Float64Array([...clicks.map(([x]) => x), ...clicks.map(([, y]) => y)]);
        painter.crosses(cloud, ink, 5);
      }
      if (scene.attractors) painter.stars(scene.attractors, ink, ground);
    });
    drawAxes(painter, ink);
  }

  // Both inks on one scale: as dense as the data at their densest is full ink, for either.
  ink({ dataInk, reconstructionInk }, layers, theme) {
    if (!dataInk) return;
    const { painter } = this;
    const full = dataInk.highest;
    const tints = [];
    if (layers.dataInk) {
      tints.push({ cells: dataInk.cells, full, colour: theme.data, strongest: 0.6 });
    }
    if (reconstructionInk) {
      const { cells } = reconstructionInk;
      tints.push({ cells, full, colour: theme.reconstruction, strongest: 0.6 });
    }
    if (tints.length > 0) painter.tint(tints);
    if (!reconstructionInk) return;
    const [half, most] = reconstructionInk.levels;
    painter.contour(reconstructionInk.cells, most, rgba(theme.reconstruction, 0.85), 1.1);
    painter.contour(reconstructionInk.cells, half, rgba(theme.reconstruction, 1), 1.8);
  }

  landscape({ heights, depths, levels }, theme) {
    const { painter } = this;
    painter.tint([{ cells: depths, full: 1, colour: theme.height, strongest: 0.45 }]);
    levels.forEach((level, place) => {
      painter.contour(heights, level, rgba(theme.height, 0.6 - (0.4 * place) / levels.length), 1);
    });
  }

  hiddenLines({ weights, hiddenBias, hiddenSlope, nHidden }, theme) {
    const { painter, camera } = this;
    const { context } = painter;
    const far = 2 * (camera.high - camera.low);
    for (let j = 0; j < nHidden; j += 1) {
      const wx = weights[j];
      const wy = weights[nHidden + j];
      const length = Math.hypot(wx, wy);
      if (length === 0) continue;
      // The point of the line w·v + c = 0 nearest to the middle of the square.
      const middle = (camera.low + camera.high) / 2;
      const off = (wx * middle + wy * middle + hiddenBias[j]) / length;
      const x = middle - (off * wx) / length;
      const y = middle - (off * wy) / length;
      const [dx, dy] = [(-wy / length) * far, (wx / length) * far];
      context.beginPath();
      context.moveTo(camera.x(x - dx), camera.y(y - dy));
      context.lineTo(camera.x(x + dx), camera.y(y + dy));
      const band = camera.scale / (hiddenSlope[j] * length);
      painter.stroke(rgba(theme.height, 0.07), Math.min(band, 2000));
      painter.stroke(rgba(theme.height, 0.8), 1.2);
    }
  }
}
