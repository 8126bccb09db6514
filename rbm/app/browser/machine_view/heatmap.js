// A table of numbers as a map of colours, with the names of its rows and columns.

import { colourOf } from "./shades.js";

const SMALLEST_LABEL = 13; // CSS pixels of a row, below which only some rows are named
const NAME_SHARE = 0.34; // of the width, at most, for names

/**
 * Where the cells lie: {left, top, width, height} in CSS pixels, for names beside rows and below
 * columns ("" or no names: no room is kept for them).
 */
export function frameOf(context, width, height, { rowNames, columnNames }) {
  context.font = "11px sans-serif";
  const longest = rowNames.reduce(
    (most, name) => Math.max(most, context.measureText(name).width),
    0,
  );
  const left = longest ? Math.min(longest + 6, NAME_SHARE * width) : 0;
  return { left, top: 1, width: width - left - 1, height: height - (columnNames.length ? 16 : 2) };
}

/** The cell at a place of the canvas: {row, column}, or null. */
export function cellAt({ left, top, width, height }, rows, columns, x, y) {
  const column = Math.floor(((x - left) / width) * columns);
  const row = Math.floor(((y - top) / height) * rows);
  const inside = column >= 0 && column < columns && row >= 0 && row < rows;
  return inside ? { row, column } : null;
}

/** Paints a cell a pixel on a small canvas of its own, then enlarges it into the frame. */
export class Heatmap {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  /**
   * `map`: {rows, columns, values, at, range, shade, rowNames, columnNames}: the cell's value is
   * values[at(row, column)], its colour that within range(row, column) = [low, high]. Returns the
   * frame.
   */
  paint(context, width, height, map, ink) {
    const { rows, columns, values, at, range, shade } = map;
    const frame = frameOf(context, width, height, map);
    if (this.canvas.width !== columns || this.canvas.height !== rows) {
      Object.assign(this.canvas, { width: columns, height: rows });
      this.image = this.context.createImageData(columns, rows);
      this.cells = new Uint32Array(this.image.data.buffer);
    }
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const [low, high] = range(row, column);
        const value = values[at(row, column)];
        this.cells[row * columns + column] = colourOf(shade, value, low, high);
      }
    }
    this.context.putImageData(this.image, 0, 0);
    // Less than a pixel of the screen for a cell: better blurred than left out.
    const density = window.devicePixelRatio || 1;
    context.imageSmoothingEnabled =
      frame.width * density < columns || frame.height * density < rows;
    context.drawImage(this.canvas, frame.left, frame.top, frame.width, frame.height);
    context.strokeStyle = ink;
    context.globalAlpha = 0.3;
    context.strokeRect(frame.left, frame.top, frame.width, frame.height);
    context.globalAlpha = 0.8;
    context.fillStyle = ink;
    this.names(context, frame, map);
    context.globalAlpha = 1;
    return frame;
  }

  names(context, { left, top, width, height }, { rows, columns, rowNames, columnNames }) {
    const tall = height / rows;
    const every = Math.max(1, Math.ceil(SMALLEST_LABEL / tall));
    context.textAlign = "right";
    for (let row = 0; row < rowNames.length; row += every) {
      const name = fitted(context, rowNames[row], left - 6);
      context.fillText(name, left - 4, Math.max(top + (row + 0.5) * tall + 4, 10));
    }
    const wide = width / columns;
    const room = columnNames.reduce(
      (most, name) => Math.max(most, context.measureText(name).width + 6),
      1,
    );
    const step = Math.max(1, Math.ceil(room / wide));
    context.textAlign = "center";
    for (let column = 0; column < columnNames.length; column += step) {
      context.fillText(columnNames[column], left + (column + 0.5) * wide, top + height + 13);
    }
    context.textAlign = "left";
  }
}

/** The text, cut with an ellipsis where it is wider than there is room. */
export function fitted(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
}
