// A picture of units: images as tiles, or, where units are no pixels, a map with their names.

import { draw } from "../shared/sharp.js";
import { cellAt, Heatmap } from "./heatmap.js";
import { boxOf, layoutTiles, pixelAt, Sheet } from "./tiles.js";

const ROW = 20; // CSS pixels of a row of a map, where there is room

/**
 * Draws `pictures`: {count, shape or null, values, first, stride, range, shade, names,
 * columnNames, marked}: unit i of picture t has the value values[first(t) + i * stride]; the
 * picture at place `marked` is framed.
 */
export class UnitPicture {
  constructor(canvas, tallest) {
    this.canvas = canvas;
    this.tallest = tallest; // CSS pixels
    this.sheet = new Sheet();
    this.map = new Heatmap();
  }

  draw(pictures, look) {
    const { canvas } = this;
    const width = canvas.parentElement.clientWidth;
    if (width === 0) return;
    this.pictures = pictures;
    const { count, shape, names } = pictures;
    const density = window.devicePixelRatio || 1;
    this.layout = shape ? layoutTiles(count, shape, width, this.tallest, density) : null;
    const height = this.layout?.height ?? Math.min(this.tallest, 18 + ROW * names.length);
    canvas.style.width = `${this.layout?.width ?? width}px`;
    canvas.style.height = `${height}px`;
    draw(canvas, (context, wide, tall) => this.paint(context, wide, tall, look));
  }

  paint(context, width, height, { ink, accent }) {
    const { count, shape, names, columnNames, first, stride, marked } = this.pictures;
    let box;
    if (shape) {
      this.sheet.paint(context, this.layout, this.pictures);
      box = boxOf(this.layout, shape, marked);
    } else {
      const map = {
        ...this.pictures,
        rows: names.length,
        columns: count,
        at: (row, column) => first(column) + row * stride,
        range: (row, column) => this.pictures.range(column),
        rowNames: names,
        columnNames,
      };
      const frame = this.map.paint(context, width, height, map, ink);
      this.frame = frame;
      const wide = frame.width / count;
      box = [frame.left + marked * wide, frame.top, wide, frame.height];
    }
    if (marked < 0) return;
    context.strokeStyle = accent;
    context.lineWidth = 2;
    context.strokeRect(...box);
  }

  /** What lies at a place of the canvas: {place of the picture, unit}, or null. */
  at(x, y) {
    if (!this.pictures) return null;
    const { count, shape, names } = this.pictures;
    if (!shape) {
      const cell = cellAt(this.frame, names.length, count, x, y);
      return cell && { place: cell.column, unit: cell.row };
    }
    const pixel = pixelAt(this.layout, count, shape, x, y);
    return pixel && { place: pixel.place, unit: pixel.row * shape[1] + pixel.column };
  }

  value({ place, unit }) {
    const { values, first, stride } = this.pictures;
    return values[first(place) + unit * stride];
  }

  /** From one picture to the next, and from one unit to the next, in CSS pixels: [x, y] each. */
  get steps() {
    const { count, shape, names } = this.pictures;
    if (!shape) {
      const cell = [this.frame.width / count, this.frame.height / names.length];
      return { picture: cell, unit: cell };
    }
    const [, , wide, tall] = boxOf(this.layout, shape, 0);
    const { gap, zoom } = this.layout;
    return { picture: [wide + gap, tall + gap], unit: [zoom, zoom] };
  }

  /** The picture as a PNG, `times` as large, on the page's ground: a promise of a Blob. */
  png(look, times) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * times);
    canvas.height = Math.round(height * times);
    const context = canvas.getContext("2d");
    context.setTransform(times, 0, 0, times, 0, 0);
    context.fillStyle = look.ground;
    context.fillRect(0, 0, width, height);
    this.paint(context, width, height, look);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }
}
