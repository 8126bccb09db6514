// Ink for an SVG file: what the painter uses of a canvas's 2D context, writing shapes down instead.
//
// So a saved SVG is drawn by the very code that draws the screen, and cannot drift away from it. Two
// things only are its own. Shapes that follow each other in one style share one group, which halves
// the file and lets an editor take hold of all points at once. And `clip` opens a group that the
// next `restore` closes, as SVG has no clip that ends by itself.

import { parsed } from "../shared/colours.js";

const STATE = ["fillStyle", "strokeStyle", "lineWidth", "globalAlpha", "font", "textAlign"];
const FINER = 4;
const ANCHORS = { left: "start", center: "middle", right: "end" };

const number = (value) => String(Math.round(value * 100) / 100); // to a hundredth of a pixel
const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/** The 2D context of a picture width × height; `file(…)` is the text of the SVG. */
export class SvgInk {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], saved: [], path: [], circle: null });
    Object.assign(this, { style: "", clips: 0, openClips: 0 });
    Object.assign(this, { fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1 });
    Object.assign(this, { globalAlpha: 1, font: "10px sans-serif", textAlign: "left" });
    this.colours = new Map();
  }

  save() {
    const state = Object.fromEntries(STATE.map((name) => [name, this[name]]));
    this.saved.push({ ...state, openClips: this.openClips });
    this.openClips = 0;
  }

  restore() {
    this.endRun();
    this.parts.push("</g>".repeat(this.openClips));
    Object.assign(this, this.saved.pop());
  }

  beginPath() {
    this.path = [];
    this.circle = null;
  }

  moveTo(x, y) {
    this.path.push(`M${number(x)} ${number(y)}`);
  }

  lineTo(x, y) {
    this.path.push(`${this.path.length > 0 ? "L" : "M"}${number(x)} ${number(y)}`);
  }

  closePath() {
    this.path.push("Z");
  }

  rect(x, y, width, height) {
    this.path.push(`M${number(x)} ${number(y)}h${number(width)}v${number(height)}h${number(-width)}Z`);
  }

  /** Whole circles only, each alone in its path. */
  arc(x, y, radius) {
    this.circle = `<circle cx="${number(x)}" cy="${number(y)}" r="${number(radius)}"/>`;
  }

  fill() {
    this.put(this.colour("fill", this.fillStyle), this.shape());
  }

  stroke() {
    this.put(`fill="none" ${this.outline()}`, this.shape());
  }

  fillRect(x, y, width, height) {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  strokeRect(x, y, width, height) {
    this.beginPath();
    this.rect(x, y, width, height);
    this.stroke();
  }

  fillText(text, x, y) {
    const [, weight, size, family] = this.font.match(/^(?:(\d+) )?(\d+)px (.+)$/);
    const style = `font-family="${family}" font-size="${size}" font-weight="${weight ?? 400}"`;
    const anchor = `text-anchor="${ANCHORS[this.textAlign]}"`;
    this.put(
      `${this.colour("fill", this.fillStyle)} ${style} ${anchor}`,
      `<text x="${number(x)}" y="${number(y)}">${escaped(text)}</text>`,
    );
  }

  /** A canvas as an embedded PNG, enlarged smoothly beforehand: readers of SVG differ in that. */
  drawImage(canvas, x, y, width, height) {
    const fine = document.createElement("canvas");
    fine.width = FINER * canvas.width;
    fine.height = FINER * canvas.height;
    const context = fine.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(canvas, 0, 0, fine.width, fine.height);
    const place = Object.entries({ x, y, width, height })
      .map(([name, value]) => `${name}="${number(value)}"`)
      .join(" ");
    const source = `preserveAspectRatio="none" href="${fine.toDataURL("image/png")}"`;
    this.put(`opacity="${this.globalAlpha}"`, `<image ${place} ${source}/>`);
  }

  clip() {
    this.endRun();
    this.clips += 1;
    this.openClips += 1;
    const name = `in-view-${this.clips}`;
    this.parts.push(`<clipPath id="${name}">${this.shape()}</clipPath>`);
    this.parts.push(`<g clip-path="url(#${name})">`);
  }

  /** The file: `side` is how large it is shown, in pixels; `title` and `description` are text. */
  file(side, title, description) {
    this.endRun();
    const size = `width="${side}" height="${number((side * this.height) / this.width)}"`;
    return [
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${this.width} ${this.height}" role="img">`,
      `<title>${escaped(title)}</title>`,
      `<desc>${escaped(description)}</desc>`,
      ...this.parts.filter((part) => part !== ""),
      `</svg>\n`,
    ].join("\n");
  }

  shape() {
    return this.circle ?? `<path d="${this.path.join("")}"/>`;
  }

  outline() {
    return `${this.colour("stroke", this.strokeStyle)} stroke-width="${number(this.lineWidth)}"`;
  }

  // A CSS colour in two attributes that every reader of SVG knows: #rrggbb, and how opaque it is.
  colour(name, css) {
    if (!this.colours.has(css)) this.colours.set(css, parsed(css));
    const [r, g, b, alpha] = this.colours.get(css);
    const hex = [r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("");
    const opacity = Math.round(1000 * alpha * this.globalAlpha) / 1000;
    return `${name}="#${hex}"${opacity < 1 ? ` ${name}-opacity="${opacity}"` : ""}`;
  }

  put(style, shape) {
    if (style !== this.style) {
      this.endRun();
      this.parts.push(`<g ${style}>`);
      this.style = style;
    }
    this.parts.push(shape);
  }

  endRun() {
    if (this.style !== "") this.parts.push("</g>");
    this.style = "";
  }
}
