// Sheets of small images: filters, fantasy particles.

import { colourOf } from "./shades.js";

const LARGEST_TILE = 88; // CSS pixels

/**
 * How `count` images of [rows, columns] pixels fill a box best: {across, down, zoom, width, height},
 * with a gap of one of their own pixels between them. `zoom`, CSS pixels per image pixel, is a
 * whole number of the screen's pixels where there is room for one, so that all come out equal.
 */
export function layoutTiles(count, [rows, columns], width, height, density) {
  let best = { zoom: 0 };
  for (let across = 1; across <= count; across += 1) {
    const down = Math.ceil(count / across);
    const wide = across * (columns + 1) + 1;
    const tall = down * (rows + 1) + 1;
    const zoom = Math.min(width / wide, height / tall, LARGEST_TILE / Math.max(rows, columns));
    if (zoom > best.zoom) best = { across, down, zoom, wide, tall };
  }
  const { across, down, wide, tall } = best;
  const sharp = Math.floor(best.zoom * density) / density;
  const zoom = sharp || best.zoom;
  return { across, down, zoom, width: wide * zoom, height: tall * zoom };
}

/** Which of the tiles lies at a place of the sheet (CSS pixels); -1: none. */
export function tileAt({ across, zoom }, count, [rows, columns], x, y) {
  const column = Math.floor((x / zoom - 0.5) / (columns + 1));
  const row = Math.floor((y / zoom - 0.5) / (rows + 1));
  const place = row * across + column;
  return column >= 0 && column < across && row >= 0 && place < count ? place : -1;
}

/** Left and top of a tile and its size, in CSS pixels: [x, y, width, height]. */
export function boxOf({ across, zoom }, [rows, columns], place) {
  const x = 1 + (place % across) * (columns + 1);
  const y = 1 + Math.floor(place / across) * (rows + 1);
  return [x, y, columns, rows].map((size) => size * zoom);
}

/** Paints images pixel by pixel on a small canvas of its own, then enlarges it in one go. */
export class Sheet {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  /**
   * `tiles`: {count, shape, values, first, stride, range, shade}: pixel q of tile t has the value
   * values[first(t) + q * stride], and its colour within the tile's range(t) = [low, high].
   */
  paint(context, layout, { count, shape: [rows, columns], values, first, stride, range, shade }) {
    const width = layout.across * (columns + 1) + 1;
    const height = layout.down * (rows + 1) + 1;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
      this.image = this.context.createImageData(width, height);
      this.cells = new Uint32Array(this.image.data.buffer);
    }
    this.cells.fill(0);
    for (let tile = 0; tile < count; tile += 1) {
      const left = 1 + (tile % layout.across) * (columns + 1);
      const top = 1 + Math.floor(tile / layout.across) * (rows + 1);
      const [low, high] = range(tile);
      let at = first(tile);
      for (let row = 0; row < rows; row += 1) {
        const start = (top + row) * width + left;
        for (let column = 0; column < columns; column += 1) {
          this.cells[start + column] = colourOf(shade, values[at], low, high);
          at += stride;
        }
      }
    }
    this.context.putImageData(this.image, 0, 0);
    context.imageSmoothingEnabled = layout.zoom * (window.devicePixelRatio || 1) < 1;
    context.drawImage(this.canvas, 0, 0, layout.width, layout.height);
  }
}
