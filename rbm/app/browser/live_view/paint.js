// Painting the picture: layers from the ground up, on a canvas or into a file.

import { GRID, contour } from "./density.js";

// The camera as it stands now: its two maps as plain multiply-and-add, since they run per point,
// and the part of the square that is in view, in CSS pixels.
function frozen(camera) {
  const { low, high, scale, box, zoom, width, height } = camera;
  const [originX, originY] = [camera.x(0), camera.y(0)];
  const x = (value) => originX + value * scale;
  const y = (value) => originY - value * scale;
  const view = {
    left: Math.max(box.left, x(low)),
    right: Math.min(box.left + box.width, x(high)),
    top: Math.max(box.top, y(high)),
    bottom: Math.min(box.top + box.height, y(low)),
  };
  return { low, high, scale, zoom, width, height, view, side: (high - low) * scale, x, y };
}

/**
 * The painter of one 2D context (or of what behaves like one), in its units of length; `marks`: how
 * many small marks are put on it. Its inputs are plain arrays in data units; it keeps no history.
 */
export class Painter {
  constructor(context, marks) {
    this.context = context;
    this.marks = marks;
    this.ink = document.createElement("canvas");
    this.ink.width = GRID;
    this.ink.height = GRID;
    this.inkContext = this.ink.getContext("2d", { willReadFrequently: true });
    this.pixels = this.inkContext.createImageData(GRID, GRID);
  }

  /** Starts a picture as the camera sees it; without a ground (null) it stays transparent. */
  begin(camera, ground) {
    this.camera = frozen(camera);
    if (ground === null) return;
    this.context.fillStyle = ground;
    this.context.fillRect(0, 0, camera.width, camera.height);
  }

  /** Paints inside the square, as far as it is in view (and up to `rim` pixels around it). */
  clipped(rim, paint) {
    const { context } = this;
    const { left, right, top, bottom } = this.camera.view;
    context.save();
    context.beginPath();
    context.rect(left - rim, top - rim, right - left + 2 * rim, bottom - top + 2 * rim);
    context.clip();
    paint();
    context.restore();
  }

  /**
   * Tints the square: `layers` are {cells (GRID × GRID), full, colour, strongest}; a cell's opacity
   * rises with the square root of its value until it reaches `full`. Layers mix by their opacities,
   * whatever their order: where blue and vermillion are equally strong the tint is grey.
   */
  tint(layers) {
    const { data } = this.pixels;
    for (let row = 0; row < GRID; row += 1) {
      for (let column = 0; column < GRID; column += 1) {
        let [r, g, b, sum, clear] = [0, 0, 0, 0, 1];
        for (const { cells, full, colour, strongest } of layers) {
          const own = strongest * Math.sqrt(Math.min(1, cells[row * GRID + column] / full));
          r += own * colour[0];
          g += own * colour[1];
          b += own * colour[2];
          sum += own;
          clear *= 1 - own;
        }
        const place = 4 * ((GRID - 1 - row) * GRID + column);
        data[place] = r / (sum || 1);
        data[place + 1] = g / (sum || 1);
        data[place + 2] = b / (sum || 1);
        data[place + 3] = 255 * (1 - clear);
      }
    }
    this.inkContext.putImageData(this.pixels, 0, 0);
    const { context, camera } = this;
    context.drawImage(
      this.ink,
      camera.x(camera.low),
      camera.y(camera.high),
      camera.side,
      camera.side,
    );
  }

  /** One contour line of a GRID × GRID picture of the square. */
  contour(cells, level, style, width) {
    const { context, camera } = this;
    const range = camera.high - camera.low;
    const segments = contour(cells, GRID, level);
    context.beginPath();
    for (let at = 0; at < segments.length; at += 4) {
      context.moveTo(
        camera.x(camera.low + range * segments[at]),
        camera.y(camera.low + range * segments[at + 1]),
      );
      context.lineTo(
        camera.x(camera.low + range * segments[at + 2]),
        camera.y(camera.low + range * segments[at + 3]),
      );
    }
    this.stroke(style, width);
  }

  stroke(style, width) {
    const { context } = this;
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }

  links(from, to, style) {
    const { context, camera } = this;
    const count = to.length / 2;
    context.beginPath();
    for (let point = 0; point < count; point += 1) {
      context.moveTo(camera.x(from[point]), camera.y(from[count + point]));
      context.lineTo(camera.x(to[point]), camera.y(to[count + point]));
    }
    this.stroke(style, 0.8);
  }

  /** Filled circles: the data. */
  circles(cloud, style, radius) {
    const draw = (context, x, y) => {
      context.fillStyle = style;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
    };
    const mark = { name: "circle", style, radius, draw };
    this.marks.putStill(this.context, this.camera, cloud, mark);
  }

  /** Hollow diamonds: the reconstructions. */
  diamonds(cloud, style, radius, width = 1.5) {
    const middle = radius - width / Math.SQRT2;
    const draw = (context, x, y) => {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      for (const [right, down] of [[middle, 0], [0, middle], [-middle, 0], [0, -middle]]) {
        context.lineTo(x + right, y + down);
      }
      context.closePath();
      context.stroke();
    };
    this.marks.put(this.context, this.camera, cloud, { name: "diamond", style, radius, draw });
  }

  /** Small crosses: the points the user has put down. */
  crosses(cloud, style, radius) {
    const { context, camera } = this;
    const count = cloud.length / 2;
    context.beginPath();
    for (let point = 0; point < count; point += 1) {
      const x = camera.x(cloud[point]);
      const y = camera.y(cloud[count + point]);
      context.moveTo(x - radius, y - radius);
      context.lineTo(x + radius, y + radius);
      context.moveTo(x - radius, y + radius);
      context.lineTo(x + radius, y - radius);
    }
    this.stroke(style, 2);
  }

  /** Five-pointed stars with the share of starts that end there: the attractors. */
  stars(ends, fill, edge) {
    const { context, camera } = this;
    context.font = "600 11px sans-serif";
    for (const { x, y, share } of ends) {
      const outer = 6 + 12 * Math.sqrt(share);
      context.beginPath();
      for (let corner = 0; corner < 10; corner += 1) {
        const radius = corner % 2 === 0 ? outer : 0.42 * outer;
        const angle = (Math.PI * corner) / 5;
        context.lineTo(
          camera.x(x) + radius * Math.sin(angle),
          camera.y(y) - radius * Math.cos(angle),
        );
      }
      context.closePath();
      context.fillStyle = fill;
      context.fill();
      this.stroke(edge, 1.2);
      context.fillStyle = fill;
      context.fillText(`${Math.round(100 * share)} %`, camera.x(x) + outer + 3, camera.y(y) + 4);
    }
  }
}
