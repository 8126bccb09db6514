// Many small marks: quickly for the screen, as paths for a file.
//
// Without a graphics card, a path costs far more to fill than a small picture to copy: a thousand
// circles and diamonds took 8 ms, their stamps take 1. So each kind of mark is drawn once, as a
// stamp on a canvas of its own, and then copied to whole device pixels (off by half a pixel at
// most). Marks that stand still, the data, are kept as one layer until the camera moves.

/** A mark's stamp for the screen's density: `draw(context, x, y)` paints it around (x, y). */
function stampOf(draw, radius, density) {
  const half = Math.ceil((radius + 1) * density);
  const canvas = document.createElement("canvas");
  canvas.width = 2 * half;
  canvas.height = 2 * half;
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, half, half);
  draw(context, 0, 0);
  return { canvas, half };
}

/** Marks as stamps: for a canvas that is as sharp as the screen. */
export class Stamps {
  constructor() {
    this.stamps = new Map();
    this.layer = document.createElement("canvas");
    this.known = [];
  }

  /** Puts a mark at every point of `cloud`; `name` tells marks of one radius and style apart. */
  put(context, camera, cloud, { name, style, radius, draw }) {
    const density = window.devicePixelRatio || 1;
    const key = `${name} ${style} ${radius} ${density}`;
    if (!this.stamps.has(key)) {
      if (this.stamps.size > 50) this.stamps.clear(); // zooming makes a new size each time
      this.stamps.set(key, stampOf(draw, radius, density));
    }
    const { canvas, half } = this.stamps.get(key);
    const count = cloud.length / 2;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (let point = 0; point < count; point += 1) {
      context.drawImage(
        canvas,
        Math.round(camera.x(cloud[point]) * density) - half,
        Math.round(camera.y(cloud[count + point]) * density) - half,
      );
    }
    context.restore();
  }

  /** `put` for marks that stand still: made again only when something about them has changed. */
  putStill(context, camera, cloud, mark) {
    const { width, height } = context.canvas;
    const needs = [cloud, mark.style, mark.radius, width, height, camera.x(0), camera.y(0), camera.scale];
    if (!needs.every((need, place) => Object.is(need, this.known[place]))) {
      this.known = needs;
      this.layer.width = width; // this also wipes it
      this.layer.height = height;
      this.put(this.layer.getContext("2d"), camera, cloud, mark);
    }
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.layer, 0, 0);
    context.restore();
  }
}

/** The same marks as what they are, circles and lines: for a picture that is kept. */
export class Outlines {
  put(context, camera, cloud, { draw }) {
    const count = cloud.length / 2;
    for (let point = 0; point < count; point += 1) {
      draw(context, camera.x(cloud[point]), camera.y(cloud[count + point]));
    }
  }

  putStill(context, camera, cloud, mark) {
    this.put(context, camera, cloud, mark);
  }
}
