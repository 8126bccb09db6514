// The live view: one object that joins recording, playhead, scene, picture, panel and controls.

import { Camera, steer } from "./camera.js";
import { lookOf } from "../shared/colours.js";
import { buildTransport } from "../shared/transport.js";
import { buildKnobs, buildLegend } from "./controls.js";
import { Datasets } from "./datasets.js";
import { setText } from "../shared/dom.js";
import { buildHelp, listenToKeys } from "./keys.js";
import { arrange, buildStage } from "./layout.js";
import { buildLink } from "./link.js";
import { Stamps } from "./marks.js";
import { describe, loadOptions, saveOptions } from "./options.js";
import { Painter } from "./paint.js";
import { Panel } from "./panel.js";
import { Picture, fitToScreen } from "./picture.js";
import { Playhead } from "../shared/playhead.js";
import { PullLoop } from "../shared/pull.js";
import { Recording } from "../shared/recording.js";
import { buildSave } from "./save_dialog.js";
import { Scene } from "./scene.js";

const PANEL_PAUSE = 120; // milliseconds between two updates of the numbers while playing
const SPEECH_PAUSE = 2000; // milliseconds between two readouts for screen readers

export class LiveView {
  constructor() {
    this.options = loadOptions();
    this.header = null;
    this.shown = null;
    this.recording = new Recording();
    this.playhead = new Playhead();
    this.scene = new Scene();
    this.datasets = new Datasets();
    this.mismatchEpochs = [];
    this.mismatch = [];
    this.pictures = 0;
    Object.assign(this, { queued: 0, painted: 0, panelShown: 0, spoken: 0 });
    this.pull = new PullLoop((question) => this.send("ask", question));
    this.build();
  }

  build() {
    const changed = () => {
      saveOptions(this.options);
      this.knobs.sync();
      this.draw();
    };
    this.camera = new Camera();
    Object.assign(this, buildStage());
    // Opaque: without a graphics card the page below need not be mixed in.
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.picture = new Picture(new Painter(this.context, new Stamps()), this.camera);
    this.help = buildHelp(() => this.toggleHelp());
    this.save = buildSave({
      moment: () => this.moment,
      closed: () => this.knobs.saveButton.focus(),
    });
    this.legend = buildLegend(this.options, changed);
    this.link = buildLink(() => [this.header, this.recording.epochs[this.playhead.place]]);
    this.panel = new Panel((epoch) => this.seek(this.recording.placeOf(epoch)), this.link);
    this.knobs = buildKnobs(this.options, {
      changed,
      clear: () => this.setClicks([]),
      fit: () => this.fit(),
      help: () => this.toggleHelp(),
      save: () => this.save.toggle(),
    });
    this.transport = buildTransport(this.options, {
      changed,
      step: (frames) => this.seek(this.playhead.place + frames),
      seek: (place) => this.seek(place),
      live: () => this.seek(this.recording.count - 1),
      branch: () => this.branch(),
    });
    this.root = arrange(this);
    this.knobs.sync();
    steer(
      this.canvas,
      this.camera,
      () => this.draw(),
      (x, y) => this.clicked(x, y),
    );
    this.canvas.addEventListener("dblclick", () => this.fit());
    listenToKeys(this);
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.canvas);
  }

  stop() {
    this.pull.stop();
    this.sizes.disconnect();
    cancelAnimationFrame(this.queued);
  }

  /** A message of the server: {header, arrays}. The same message twice changes nothing. */
  receive({ header, arrays }) {
    const old = this.header;
    this.readLook();
    this.draw();
    if (old && old.frame === header.frame && old.generation === header.generation) return;
    const fresh = !old || old.generation !== header.generation;
    this.header = header;
    if (fresh) {
      this.recording.clear();
      this.playhead.reset();
    }
    const gap = this.record(header, arrays);
    if (arrays.mismatch) {
      this.mismatchEpochs = arrays.mismatch_epochs.values;
      this.mismatch = arrays.mismatch.values;
    }
    this.datasets.receive(header.datasets, arrays);
    Object.assign(this.camera, { low: header.low, high: header.high });
    this.shape = this.sameShape(header);
    const last = Math.max(0, this.recording.count - 1);
    const follows = this.playhead.live && (fresh || !header.run);
    if (header.jump || follows || this.playhead.position > last) this.playhead.seek(last, true);
    this.playhead.arrived(last, performance.now());
    this.pull.answered(
      {
        frame: header.frame,
        generation: header.generation,
        epoch: this.recording.newest,
        data: this.datasets.ids,
      },
      header.run || header.more || gap || !this.datasets.complete,
      header.more || gap ? 0 : header.per,
    );
    setText(this.notice, header.notice ?? "");
    this.notice.hidden = !header.notice;
    this.link.sync(header);
    setText(this.busy, header.busy ?? "");
    this.busy.hidden = !header.busy;
  }

  // Adds the frames of a message. True when some before them are missing: they must be asked for.
  record(header, arrays) {
    const { recording, playhead } = this;
    const epoch = recording.count > 0 ? recording.epochs[playhead.place] : 0;
    if (recording.newest > header.keep) recording.forgetAfter(header.keep);
    if ((header.stride ?? 1) > recording.stride) recording.thin(header.stride);
    const gap = header.after > recording.newest;
    if (arrays.frames && !gap) {
      recording.append(arrays.epochs.values, arrays.frames.values, arrays.errors.values);
    }
    // Places may have shifted: stay on the epoch that is shown.
    if (recording.epochs[playhead.place] !== epoch) playhead.position = recording.placeOf(epoch);
    return gap;
  }

  // The shape object stays the same while its numbers do: the scene compares by identity.
  sameShape({ n_visible, n_hidden, sigma, low, high }) {
    const shape = { n_visible, n_hidden, sigma, low, high };
    const unchanged =
      this.shape && Object.keys(shape).every((key) => shape[key] === this.shape[key]);
    return unchanged ? this.shape : shape;
  }

  /** Asks for a picture at the screen's next turn; nothing is drawn while nothing changes. */
  draw() {
    if (this.queued === 0) this.queued = requestAnimationFrame((now) => this.paint(now));
  }

  paint(now) {
    this.queued = 0;
    const { recording, playhead, header, options } = this;
    if (!header || this.canvas.clientWidth === 0) return;
    const last = recording.count - 1;
    const more = playhead.advance(last, now - this.painted);
    this.painted = now;
    if (last < 0) return;
    const place = Math.min(last, playhead.place);
    const epoch = recording.epochs[place];
    this.scene.data = this.datasets.at(epoch);
    const share = header.average_last ?? 0;
    const frame = this.scene.remember(
      "frame",
      [epoch, recording.revision, share],
      () => recording.shown(place, share),
    );
    const scene = this.scene.at(frame, this.shape, options, more || header.run);
    fitToScreen(this.canvas, this.context, this.camera);
    this.picture.draw(scene, this.scene, options, this.look);
    this.shown = { scene, epoch };
    this.pictures += 1;
    this.root.dataset.epoch = epoch;
    this.root.dataset.newest = recording.newest;
    this.root.dataset.pictures = this.pictures;
    this.root.dataset.probes = options.probes;
    setText(this.caption, describe(options, scene.ends.length / 2));
    this.hint.hidden = options.probes !== "clicks" || this.scene.clicks.length > 0;
    if (!more || now - this.panelShown > PANEL_PAUSE)
      this.showNumbers(scene.machine, place, epoch, now);
    if (more) this.draw();
  }

  showNumbers(machine, place, epoch, now) {
    this.panelShown = now;
    const { recording, playhead, header } = this;
    const summary = this.panel.show({
      hint: header.hint ?? "",
      memory: recording.describe(header.memory_cap),
      machine,
      state: playhead.live ? "" : "looking back",
      look: this.look,
      curves: {
        recording,
        epoch,
        scores: header.scores ?? {},
        logTime: this.options.logTime,
        mismatchEpochs: this.mismatchEpochs,
        mismatch: this.mismatch,
      },
    });
    this.transport.sync(place, recording.count - 1, epoch, playhead.live);
    if (!header.run || !playhead.live || now - this.spoken > SPEECH_PAUSE) {
      this.spoken = now;
      setText(this.speech, summary);
      this.canvas.setAttribute("aria-label", `Data and reconstruction. ${summary}`);
    }
  }

  // Colours of the page's theme, read from its variables; Streamlit calls again when they change.
  readLook() {
    const style = getComputedStyle(this.root);
    this.look = lookOf(style.getPropertyValue("--ground").trim(), style.color);
    this.root.classList.toggle("dark", this.look.dark);
  }

  /** What is on the screen now, as saving it needs it; null before the first picture. */
  get moment() {
    const { shown, scene: source, options, look, camera } = this;
    return shown && { ...shown, source, options, look, camera };
  }

  resized() {
    this.camera.width = this.canvas.clientWidth;
    this.camera.height = this.canvas.clientHeight;
    // The canvas keeps its old pixels until `paint` resizes and fills it in one go: never blank.
    this.draw();
  }

  seek(place) {
    const last = Math.max(0, this.recording.count - 1);
    const wanted = Math.min(last, Math.max(0, place));
    this.playhead.seek(wanted, wanted === last);
    this.panelShown = 0;
    this.draw();
  }

  branch() {
    this.send("branch", { epoch: this.recording.epochs[this.playhead.place] });
  }

  clicked(x, y) {
    const { low, high } = this.camera;
    if (this.options.probes !== "clicks" || x < low || x > high || y < low || y > high) return;
    this.setClicks([...this.scene.clicks, [x, y]]);
  }

  setClicks(clicks) {
    this.scene.clicks = clicks;
    this.draw();
  }

  fit() {
    this.camera.fit();
    this.draw();
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    if (this.help.hidden) this.canvas.focus();
    else this.help.querySelector("button").focus();
  }

  zoom(factor) {
    this.camera.zoomAt(this.camera.width / 2, this.camera.height / 2, factor);
    this.draw();
  }
}
