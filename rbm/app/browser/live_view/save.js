// Saving the picture: the moment shown, drawn anew at any size, as PNG or SVG.

import { thousands } from "../shared/dom.js";
import { Outlines } from "./marks.js";
import { describe } from "./options.js";
import { Painter } from "./paint.js";
import { Picture } from "./picture.js";
import { SvgInk } from "./svg_ink.js";

// Up to this many pixels a mark is as large as on the screen; beyond, everything grows along.
const LARGEST_LAYOUT = 640;

/** Side of the square layout that a picture of `side` pixels is drawn in. */
export const layoutOf = (side) => Math.min(side, LARGEST_LAYOUT);

// `moment`: {scene, source, options, look, camera}, as the view has it on the screen.
function drawInto(context, { scene, source, options, look, camera }, layout, background) {
  const painter = new Painter(context, new Outlines());
  const picture = new Picture(painter, camera.sized(layout, layout));
  picture.draw(scene, source, options, look, background ? look.ground : null);
}

/** The moment as a PNG of side × side pixels: a promise of a Blob, or of null when it is too large. */
export function pngOf(moment, side, background) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  const layout = layoutOf(side);
  context.setTransform(side / layout, 0, 0, side / layout, 0, 0);
  context.imageSmoothingQuality = "high";
  drawInto(context, moment, layout, background);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** The moment as the text of an SVG file, with a title and a description. */
export function svgOf(moment, side, background) {
  const layout = layoutOf(side);
  const ink = new SvgInk(layout, layout);
  drawInto(ink, moment, layout, background);
  return ink.file(side, `Restricted Boltzmann machine, epoch ${thousands(moment.epoch)}`, inWords(moment));
}

function inWords({ scene, source, options }) {
  const { layers } = options;
  const marks = [
    [layers.data, `filled circles: ${source.data.length / 2} data points`],
    [layers.reconstructions, `hollow diamonds: ${scene.ends.length / 2} reconstructions`],
  ];
  const shown = marks.filter(([on]) => on).map(([, text]) => text);
  const noise = `σ = ${scene.machine.sigma}, noise of the passes × ${options.noise}`;
  return [`${describe(options, scene.ends.length / 2)} ${noise}`, ...shown].join("; ") + ".";
}
