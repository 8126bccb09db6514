// An image as a grid of squares, in SVG, so that its colours follow the page's theme by themselves.

const SVG = "http://www.w3.org/2000/svg";

let screens = 0; // each has its own hatching, as its name must be the page's only one

function drawn(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export class Screen {
  constructor([height, width], tint = "ink") {
    Object.assign(this, { height, width });
    const hatching = `hatching${(screens += 1)}`;
    this.cells = Array.from({ length: height * width }, (_, at) =>
      drawn("rect", { x: at % width, y: Math.floor(at / width), width: 1, height: 1 }),
    );
    this.shown = new Int16Array(height * width).fill(-1);
    this.covered = drawn("path", { class: "paper" });
    this.hatched = drawn("path", { fill: `url(#${hatching})` });
    this.border = drawn("path", { class: "border" });
    this.cursor = drawn("rect", { class: "cursor", width: 1, height: 1, visibility: "hidden" });
    const pattern = drawn(
      "pattern",
      { id: hatching, width: 0.36, height: 0.36, patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)" },
      drawn("rect", { class: "stripe", width: 0.12, height: 0.36 }),
    );
    this.root = drawn(
      "svg",
      { class: `screen ${tint}`, viewBox: `0 0 ${width} ${height}` },
      drawn("defs", {}, pattern),
      drawn("rect", { class: "paper", width, height }),
      drawn("g", { class: "cells" }, ...this.cells),
      this.covered, this.hatched, this.border, this.cursor,
    );
    this.root.style.aspectRatio = `${width} / ${height}`;
    this.root.style.maxWidth = `min(100%, ${Math.round((22 * width) / Math.max(width, height))}rem)`;
  }

  /** Values (0 … 255 each) of all pixels. */
  show(values) {
    values.forEach((value, at) => {
      if (this.shown[at] === value) return;
      this.shown[at] = value;
      this.cells[at].setAttribute("fill-opacity", value / 255);
    });
  }

  /** Outlines the pixels that are not known, and covers them with hatching when `hidden`. */
  mark(known, hidden) {
    const { width, height } = this;
    const unknown = (row, column) =>
      row >= 0 && column >= 0 && row < height && column < width && !known[row * width + column];
    let [squares, lines] = ["", ""];
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        if (!unknown(row, column)) continue;
        squares += `M${column} ${row}h1v1h-1z`;
        if (!unknown(row - 1, column)) lines += `M${column} ${row}h1`;
        if (!unknown(row + 1, column)) lines += `M${column} ${row + 1}h1`;
        if (!unknown(row, column - 1)) lines += `M${column} ${row}v1`;
        if (!unknown(row, column + 1)) lines += `M${column + 1} ${row}v1`;
      }
    }
    for (const path of [this.covered, this.hatched]) {
      path.setAttribute("d", hidden ? squares : "");
    }
    this.border.setAttribute("d", lines);
  }

  point(at) {
    if (at) for (const name of ["x", "y"]) this.cursor.setAttribute(name, at[name]);
    this.cursor.setAttribute("visibility", at ? "visible" : "hidden");
  }

  /** The pixel {x, y} below a pointer, also outside the image (strokes may leave it). */
  at({ clientX, clientY }) {
    const box = this.root.getBoundingClientRect();
    return {
      x: Math.floor(((clientX - box.left) / box.width) * this.width),
      y: Math.floor(((clientY - box.top) / box.height) * this.height),
    };
  }
}
