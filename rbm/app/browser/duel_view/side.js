// One side of a duel: its recording, its data, what was measured, and its picture.

import { Camera } from "../live_view/camera.js";
import { Datasets } from "../live_view/datasets.js";
import { Stamps } from "../live_view/marks.js";
import { Painter } from "../live_view/paint.js";
import { Picture, fitToScreen } from "../live_view/picture.js";
import { Scene } from "../live_view/scene.js";
import { mismatchAt } from "../live_view/verdict.js";
import { element, setText } from "../shared/dom.js";
import { Recording } from "../shared/recording.js";

export class Side {
  constructor(name) {
    this.name = name;
    this.recording = new Recording();
    this.datasets = new Datasets();
    this.scene = new Scene();
    this.camera = new Camera();
    this.shapes = [];
    this.mismatchEpochs = [];
    this.mismatch = [];
    this.title = element("span", { class: "side-title" });
    this.number = element("span", { class: "side-number" });
    this.canvas = element("canvas", {
      class: "picture",
      role: "img",
      tabindex: 0,
      "aria-label": `Side ${name.toUpperCase()}`,
    });
    // Opaque: without a graphics card the page below need not be mixed in.
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.picture = new Picture(new Painter(this.context, new Stamps()), this.camera);
    this.node = element(
      "div",
      { class: `side side-${name}` },
      element(
        "div",
        { class: "side-head" },
        element("span", { class: "badge" }, name.toUpperCase()),
        this.title,
        this.number,
      ),
      element("div", { class: "frame" }, this.canvas),
    );
  }

  clear() {
    this.recording.clear();
  }

  /** A side's part of a message. True when frames before its own are missing. */
  receive(header, arrays) {
    const { recording, name } = this;
    const part = (what) => arrays[`${name}:${what}`].values;
    if (header.stride > recording.stride) recording.thin(header.stride);
    const gap = header.after > recording.newest;
    if (!gap) recording.append(part("epochs"), part("frames"), part("errors"));
    this.mismatchEpochs = part("mismatch_epochs");
    this.mismatch = part("mismatch");
    this.datasets.receive(header.datasets, arrays);
    this.scores = header.scores;
    this.held = header.held;
    this.shapes = header.held.map(({ sigma }, place) => this.sameShape(place, header, sigma));
    Object.assign(this.camera, { low: header.low, high: header.high });
    setText(this.title, header.name);
    return gap;
  }

  // A shape stays the same object while its numbers do: the scene compares by identity.
  sameShape(place, { n_visible, n_hidden, low, high }, sigma) {
    const shape = { n_visible, n_hidden, sigma, low, high };
    const old = this.shapes[place];
    return old && Object.keys(shape).every((key) => shape[key] === old[key]) ? old : shape;
  }

  /** Draws the machine of an epoch; `moving`: while frames rush by. */
  draw(epoch, options, look, moving) {
    const { recording, scene, camera } = this;
    const place = recording.placeOf(epoch);
    const era = Math.max(0, this.held.findLastIndex(({ from }) => from <= epoch));
    const share = this.held[era].average_last;
    scene.data = this.datasets.at(epoch);
    const frame = scene.remember("frame", [place, recording.revision, share], () =>
      recording.shown(place, share),
    );
    camera.width = this.canvas.clientWidth;
    camera.height = this.canvas.clientHeight;
    const shown = scene.at(frame, this.shapes[era], options, moving);
    fitToScreen(this.canvas, this.context, camera);
    this.picture.draw(shown, scene, options, look);
    return shown.ends.length / 2;
  }

  /** What is known at an epoch: {mismatch, error}, NaN for what is not. */
  numbersAt(epoch) {
    const { recording } = this;
    const measured = mismatchAt(this.mismatchEpochs, this.mismatch, epoch);
    return {
      mismatch: measured ? measured.value : NaN,
      error: recording.errors[recording.placeOf(epoch)],
    };
  }
}
