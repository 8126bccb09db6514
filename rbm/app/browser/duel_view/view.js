// The duel view: two recordings under one playhead, so that both pictures show the same epoch.

import { steer } from "../live_view/camera.js";
import { buildKnobs, buildLegend } from "../live_view/controls.js";
import { buildHelp, listenToKeys } from "../live_view/keys.js";
import { describe, loadOptions, saveOptions } from "../live_view/options.js";
import { lookOf } from "../shared/colours.js";
import { element, setText } from "../shared/dom.js";
import { Playhead } from "../shared/playhead.js";
import { PullLoop } from "../shared/pull.js";
import { buildTransport } from "../shared/transport.js";
import { Panel } from "./panel.js";
import { Side } from "./side.js";

const PANEL_PAUSE = 120; // milliseconds between two updates of the numbers while playing
const SPEECH_PAUSE = 2000; // milliseconds between two readouts for screen readers

export class DuelView {
  constructor() {
    this.options = loadOptions();
    this.header = null;
    this.sides = { a: new Side("a"), b: new Side("b") };
    this.playhead = new Playhead();
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
    this.notice = element("div", { class: "notice", role: "status", hidden: true });
    this.caption = element("div", { class: "caption" });
    this.speech = element("div", { class: "unseen", "aria-live": "polite" });
    this.help = buildHelp(() => this.toggleHelp());
    this.panel = new Panel((epoch) => this.seek(this.recording.placeOf(epoch)));
    this.knobs = buildKnobs(this.options, {
      changed,
      clear: () => this.setClicks([]),
      fit: () => this.fit(),
      help: () => this.toggleHelp(),
    });
    this.knobs.saveButton.remove(); // a side is saved in the playground
    this.transport = buildTransport(this.options, {
      changed,
      step: (frames) => this.seek(this.playhead.place + frames),
      seek: (place) => this.seek(place),
      live: () => this.seek(this.recording.count - 1),
      branch: () => this.send("part", { epoch: this.recording.epochs[this.playhead.place] }),
    });
    this.part = this.transport.node.querySelector(".branch");
    setText(this.part, "Part from here");
    this.part.title = "The sides part at the epoch shown; Undo takes it back";
    const { a, b } = this.sides;
    this.root = element(
      "div",
      { class: "live-view duel-view", "data-testid": "duel-view" },
      element(
        "div",
        { class: "layout" },
        element(
          "div",
          { class: "stage" },
          buildLegend(this.options, changed),
          element("div", { class: "duo" }, a.node, b.node, this.help),
          this.caption,
          this.notice,
          this.transport.node,
          this.knobs.node,
        ),
        this.panel.root,
      ),
      this.speech,
    );
    Object.assign(this.root.dataset, { epoch: "", newest: -1, pictures: 0 });
    this.knobs.sync();
    for (const side of Object.values(this.sides)) {
      steer(
        side.canvas,
        side.camera,
        () => this.moved(side),
        (x, y) => this.clicked(side, x, y),
      );
      side.canvas.addEventListener("dblclick", () => this.fit());
    }
    listenToKeys(this);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(a.canvas);
    this.sizes.observe(b.canvas);
  }

  stop() {
    this.pull.stop();
    this.sizes.disconnect();
    cancelAnimationFrame(this.queued);
  }

  /** The recording that the playhead moves over: the one that keeps fewer epochs. */
  get recording() {
    const [a, b] = [this.sides.a.recording, this.sides.b.recording];
    return b.count < a.count ? b : a;
  }

  /** A message of the server: {header, arrays}. The same message twice changes nothing. */
  receive({ header, arrays }) {
    const old = this.header;
    this.readLook();
    this.draw();
    if (old && old.frame === header.frame && old.generation === header.generation) return;
    const fresh = !old || old.generation !== header.generation;
    this.header = header;
    const sides = Object.entries(this.sides);
    if (fresh) {
      for (const [, side] of sides) side.clear();
      this.playhead.reset();
    }
    const epoch = this.recording.epochs[this.playhead.place] ?? 0;
    const gaps = sides.map(([name, side]) => side.receive(header.sides[name], arrays));
    const gap = gaps.includes(true);
    // Places may have shifted: stay on the epoch that is shown.
    const { recording, playhead } = this;
    if (recording.epochs[playhead.place] !== epoch) playhead.position = recording.placeOf(epoch);
    const last = Math.max(0, recording.count - 1);
    const follows = playhead.live && (fresh || !header.run);
    if (header.jump || follows || playhead.position > last) playhead.seek(last, true);
    playhead.arrived(last, performance.now());
    const held = sides.flatMap(([, side]) => side.datasets.ids);
    const complete = sides.every(([, side]) => side.datasets.complete);
    this.pull.answered(
      {
        frame: header.frame,
        generation: header.generation,
        epochs: sides.map(([, side]) => side.recording.newest),
        data: [...new Set(held)],
      },
      header.run || header.more || gap || !complete,
      header.more || gap ? 0 : header.per,
    );
    setText(this.notice, header.notice ?? "");
    this.notice.hidden = !header.notice;
  }

  /** Asks for a picture at the screen's next turn; nothing is drawn while nothing changes. */
  draw() {
    if (this.queued === 0) this.queued = requestAnimationFrame((now) => this.paint(now));
  }

  paint(now) {
    this.queued = 0;
    const { recording, playhead, header, options, sides } = this;
    if (!header || sides.a.canvas.clientWidth === 0) return;
    const last = recording.count - 1;
    const more = playhead.advance(last, now - this.painted);
    this.painted = now;
    if (last < 0) return;
    const place = Math.min(last, playhead.place);
    const epoch = recording.epochs[place];
    const counts = Object.values(sides).map((side) =>
      side.draw(epoch, options, this.look, more || header.run),
    );
    this.pictures += 1;
    this.root.dataset.epoch = epoch;
    this.root.dataset.newest = recording.newest;
    this.root.dataset.pictures = this.pictures;
    this.root.dataset.probes = options.probes;
    setText(this.caption, `${describe(options, counts[0])} The same starts and noise on both sides.`);
    if (!more || now - this.panelShown > PANEL_PAUSE) this.showNumbers(place, epoch, now);
    if (more) this.draw();
  }

  showNumbers(place, epoch, now) {
    this.panelShown = now;
    const { header, playhead, sides } = this;
    for (const side of Object.values(sides)) {
      const { mismatch } = side.numbersAt(epoch);
      const words = Number.isFinite(mismatch) ? `mismatch ${mismatch.toFixed(2)}` : "";
      setText(side.number, words);
      side.canvas.setAttribute(
        "aria-label",
        `Side ${side.name.toUpperCase()}, epoch ${epoch}: data and reconstruction. ${words}`,
      );
    }
    const summary = this.panel.show({
      sides,
      epoch,
      start: header.start,
      state: playhead.live ? "" : "looking back",
      log: this.options.logTime,
      look: this.look,
    });
    this.transport.sync(place, this.recording.count - 1, epoch, playhead.live);
    this.part.disabled = epoch === header.start; // the newest epoch is as good as any other
    if (!header.run || !playhead.live || now - this.spoken > SPEECH_PAUSE) {
      this.spoken = now;
      setText(this.speech, summary);
    }
  }

  // Colours of the page's theme, read from its variables; Streamlit calls again when they change.
  readLook() {
    const style = getComputedStyle(this.root);
    this.look = lookOf(style.getPropertyValue("--ground").trim(), style.color);
    this.root.classList.toggle("dark", this.look.dark);
  }

  seek(place) {
    const last = Math.max(0, this.recording.count - 1);
    const wanted = Math.min(last, Math.max(0, place));
    this.playhead.seek(wanted, wanted === last);
    this.panelShown = 0;
    this.draw();
  }

  /** Both sides show the same part of the square. */
  moved(side) {
    const { zoom, middleX, middleY } = side.camera;
    for (const other of Object.values(this.sides)) {
      Object.assign(other.camera, { zoom, middleX, middleY });
      other.canvas.style.touchAction = side.canvas.style.touchAction;
    }
    this.draw();
  }

  /** A point of the user starts chains on both sides. */
  clicked(side, x, y) {
    const { low, high } = side.camera;
    if (this.options.probes !== "clicks" || x < low || x > high || y < low || y > high) return;
    this.setClicks([...side.scene.clicks, [x, y]]);
  }

  setClicks(clicks) {
    for (const side of Object.values(this.sides)) side.scene.clicks = clicks;
    this.draw();
  }

  fit() {
    this.sides.a.camera.fit();
    this.moved(this.sides.a);
  }

  zoom(factor) {
    const { camera } = this.sides.a;
    camera.zoomAt(camera.width / 2, camera.height / 2, factor);
    this.moved(this.sides.a);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    if (this.help.hidden) this.sides.a.canvas.focus();
    else this.help.querySelector("button").focus();
  }
}
