// Painting the board: ground, backdrop, points, axes and the circle of the brush.

const MARGINS = { left: 32, right: 8, top: 8, bottom: 20 }; // pixels, for the axes' numbers
const RADIUS = 2.6; // pixels of a point
const FAINT = { colour: "#808080", opacity: 0.45, radius: 2 }; // of the backdrop

export class Easel {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.stamps = new Map();
  }

  /** The square in CSS pixels of the canvas: {left, top, side}. */
  get square() {
    const { clientWidth, clientHeight } = this.canvas;
    const width = clientWidth - MARGINS.left - MARGINS.right;
    const height = clientHeight - MARGINS.top - MARGINS.bottom;
    const side = Math.max(1, Math.min(width, height));
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    return { left: MARGINS.left + left, top: MARGINS.top + top, side };
  }

  /** Where a pointer event lies in the unit square (or outside of it). */
  valueAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const { left, top, side } = this.square;
    return {
      x: (event.clientX - box.left - left) / side,
      y: 1 - (event.clientY - box.top - top) / side,
    };
  }

  /** Colours of the page's theme, read from its variables. True on dark ground. */
  readLook(root) {
    const style = getComputedStyle(root);
    const { context } = this;
    context.fillStyle = "#ffffff";
    context.fillStyle = style.getPropertyValue("--ground").trim();
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(context.fillStyle.slice(at, at + 2), 16));
    const dark = 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
    this.look = { ground: context.fillStyle, ink: style.color, data: dark ? "#56b4e9" : "#0072b2" };
    return dark;
  }

  /** One picture. `backdrop`: a cloud, or null; `brush`: {x, y, radius}, or null. */
  paint(cloud, backdrop, brush) {
    const { canvas, context, look } = this;
    const density = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * density);
    const height = Math.round(canvas.clientHeight * density);
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height }); // this also wipes it
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    context.fillStyle = look.ground;
    context.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    const { left, top, side } = this.square;
    if (backdrop) this.dots(backdrop, FAINT, density);
    this.dots(cloud, { colour: look.data, opacity: 0.85, radius: RADIUS }, density);
    this.axes();
    if (brush) this.circle(left + brush.x * side, top + (1 - brush.y) * side, brush.radius * side);
  }

  // Without a graphics card, filling a circle costs many times as much as copying a small picture
  // of one (docs/decisions/0003): so a dot is drawn once and copied to whole device pixels.
  dots(cloud, { colour, opacity, radius }, density) {
    const { context } = this;
    const { left, top, side } = this.square;
    const { mark, half } = this.stamp(colour, opacity, radius * density);
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (let at = 0; at < cloud.count; at += 1) {
      const x = Math.round((left + cloud.x[at] * side) * density);
      const y = Math.round((top + (1 - cloud.y[at]) * side) * density);
      context.drawImage(mark, x - half, y - half);
    }
    context.setTransform(density, 0, 0, density, 0, 0);
  }

  stamp(colour, opacity, radius) {
    const key = `${colour} ${opacity} ${radius}`;
    if (!this.stamps.has(key)) {
      const half = Math.ceil(radius + 1);
      const mark = document.createElement("canvas");
      Object.assign(mark, { width: 2 * half, height: 2 * half });
      const context = mark.getContext("2d");
      context.globalAlpha = opacity;
      context.fillStyle = colour;
      context.arc(half, half, radius, 0, 2 * Math.PI);
      context.fill();
      this.stamps.set(key, { mark, half });
    }
    return this.stamps.get(key);
  }

  axes() {
    const { context, look } = this;
    const { left, top, side } = this.square;
    const steps = side > 300 ? 5 : 2;
    context.strokeStyle = look.ink;
    context.fillStyle = look.ink;
    context.lineWidth = 1;
    context.font = "11px sans-serif";
    context.globalAlpha = 0.3;
    context.strokeRect(left, top, side, side);
    context.globalAlpha = 0.75;
    for (let step = 0; step <= steps; step += 1) {
      const label = (step / steps).toFixed(1);
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(label, left + (step / steps) * side, top + side + 5);
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillText(label, left - 5, top + (1 - step / steps) * side);
    }
    context.globalAlpha = 1;
  }

  // Twice, in ink over ground: seen on points and on nothing.
  circle(x, y, radius) {
    const { context, look } = this;
    for (const [colour, width] of [[look.ground, 3], [look.ink, 1.2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.moveTo(x + 2, y);
      context.arc(x, y, 2, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}
