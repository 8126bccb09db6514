// Sheets of small images: filters, fantasy particles.

import { colourOf } from "./shades.js";

const LARGEST_TILE = 88; // CSS pixels
const NEARLY = 0.85; // tiles may be this much smaller if that leaves no gap in the last row

/**
 * How `count` images of [rows, columns] pixels fill a box best: {across, down, zoom, gap, width,
 * height} in CSS pixels. `zoom`, the size of an image's pixel, is a whole number of the screen's
 * pixels where there is room for one, so that all come out equal.
 */
export function layoutTiles(count, [rows, columns], width, height, density) {
  const gap = count > 64 ? 2 : 4;
  const layouts = Array.from({ length: count }, (_, place) => {
    const across = place + 1;
    const down = Math.ceil(count / across);
    const zoom = Math.min(
      (width - (across + 1) * gap) / (across * columns),
      (height - (down + 1) * gap) / (down * rows),
      LARGEST_TILE / Math.max(rows, columns),
    );
    return { across, down, zoom };
  });
  const zoomOf = (some) => some.reduce((most, { zoom }) => Math.max(most, zoom), 0);
  const full = layouts.filter(({ across }) => count % across === 0);
  const chosen = zoomOf(full) > NEARLY * zoomOf(layouts) ? full : layouts;
  // Among equals the squarest, and then the wider one.
  const {
    across,
    down,
    zoom: room,
  } = chosen
    .filter(({ zoom }) => zoom === zoomOf(chosen))
    .reduce((best, one) => (oblong(one) <= oblong(best) ? one : best));
  const zoom = Math.floor(room * density) / density || room;
  return {
    across,
    down,
    zoom,
    gap,
    width: across * columns * zoom + (across + 1) * gap,
    height: down * rows * zoom + (down + 1) * gap,
  };
}

const oblong = ({ across, down }) => Math.abs(across - down);

/** Left and top of a tile and its size, in CSS pixels: [x, y, width, height]. */
export function boxOf({ across, zoom, gap }, [rows, columns], place) {
  const wide = columns * zoom;
  const tall = rows * zoom;
  const row = Math.floor(place / across);
  return [gap + (place - row * across) * (wide + gap), gap + row * (tall + gap), wide, tall];
}

/** The tile and its pixel at a place of the sheet: {place, row, column}, or null. */
export function pixelAt(layout, count, shape, x, y) {
  const [, , wide, tall] = boxOf(layout, shape, 0);
  const across = Math.floor((x - layout.gap / 2) / (wide + layout.gap));
  const place = Math.floor((y - layout.gap / 2) / (tall + layout.gap)) * layout.across + across;
  if (across < 0 || across >= layout.across || place < 0 || place >= count) return null;
  const [left, top] = boxOf(layout, shape, place);
  const within = (at, size) => Math.min(size - 1, Math.max(0, Math.floor(at / layout.zoom)));
  return { place, row: within(y - top, shape[0]), column: within(x - left, shape[1]) };
}

/** Paints images pixel by pixel, one below the other, on a canvas of its own, then enlarges each. */
export class Sheet {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  /**
   * `tiles`: {count, shape, values, first, stride, range, shade}: pixel q of tile t has the value
   * values[first(t) + q * stride], and its colour within the tile's range(t) = [low, high].
   */
  paint(context, layout, { count, shape, values, first, stride, range, shade }) {
    const [rows, columns] = shape;
    const size = rows * columns;
    if (this.canvas.width !== columns || this.canvas.height !== rows * count) {
      Object.assign(this.canvas, { width: columns, height: rows * count });
      this.image = this.context.createImageData(columns, rows * count);
      this.cells = new Uint32Array(this.image.data.buffer);
    }
    for (let tile = 0; tile < count; tile += 1) {
      const [low, high] = range(tile);
      const start = first(tile);
      for (let q = 0; q < size; q += 1) {
        this.cells[tile * size + q] = colourOf(shade, values[start + q * stride], low, high);
      }
    }
    this.context.putImageData(this.image, 0, 0);
    context.imageSmoothingEnabled = layout.zoom * (window.devicePixelRatio || 1) < 1;
    context.fillStyle = shade.gap;
    context.fillRect(0, 0, layout.width, layout.height);
    for (let tile = 0; tile < count; tile += 1) {
      const box = boxOf(layout, shape, tile);
      context.drawImage(this.canvas, 0, tile * rows, columns, rows, ...box);
    }
  }
}
