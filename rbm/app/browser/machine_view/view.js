// The machine view: one object that joins recording, playhead, panels and transport.

import { lookOf } from "../shared/colours.js";
import { element, setText, thousands } from "../shared/dom.js";
import { Playhead } from "../shared/playhead.js";
import { PullLoop } from "../shared/pull.js";
import { Recording } from "../shared/recording.js";
import { buildTransport } from "../shared/transport.js";
import { Activity, rangeOf, recorded } from "./moment.js";
import { loadOptions, saveOptions } from "./options.js";
import { Panels } from "./panels.js";
import { shadesFor } from "./shades.js";
import { number } from "./words.js";

const SPEECH_PAUSE = 2000; // milliseconds between two read-outs for screen readers
const NOTHING = new Float32Array(0);

export class MachineView {
  constructor() {
    this.options = loadOptions();
    this.header = null;
    this.recording = new Recording();
    this.playhead = new Playhead();
    this.activity = new Activity();
    this.scores = { epochs: new Int32Array(0), columns: [] };
    this.forgetCases();
    this.picked = -1;
    Object.assign(this, { version: 0, queued: 0, painted: 0, spoken: 0 });
    this.pull = new PullLoop((question) => this.send("ask", question));
    this.build();
  }

  build() {
    const view = {
      changed: () => {
        saveOptions(this.options);
        this.changed();
      },
      pick: (j, tell) => this.pick(j, tell),
      seekEpoch: (epoch) => this.seek(this.recording.placeOf(epoch)),
    };
    this.panels = new Panels(this.options, view, () => this.draw());
    this.transport = buildTransport(this.options, {
      changed: view.changed,
      step: (frames) => this.seek(this.playhead.place + frames),
      seek: (place) => this.seek(place),
      live: () => this.seek(this.recording.count - 1),
      branch: () => this.send("branch", { epoch: this.recording.epochs[this.playhead.place] }),
    });
    this.title = element("span", { class: "what" });
    this.epoch = element("span", { class: "epoch-value" }, "0");
    this.state = element("span", { class: "side-note" });
    this.memory = element("p", { class: "side-note memory" });
    this.notice = element("div", { class: "notice", role: "status", hidden: true });
    this.speech = element("div", { class: "unseen", "aria-live": "polite" });
    this.root = element(
      "div",
      { class: "machine-view", "data-testid": "machine-view" },
      element(
        "div",
        { class: "headline" },
        element("span", { class: "epoch" }, "Epoch ", this.epoch, this.state),
        this.title,
      ),
      this.transport.node,
      this.notice,
      element("div", { class: "cards" }, ...this.panels.nodes),
      this.memory,
      this.speech,
    );
    Object.assign(this.root.dataset, { epoch: "", newest: -1, pictures: 0 });
    this.root.addEventListener("keydown", (event) => this.key(event));
    let width = 0;
    this.sizes = new ResizeObserver(() => {
      if (this.root.clientWidth === width) return; // taller only, by what was drawn
      width = this.root.clientWidth;
      this.changed();
    });
    this.sizes.observe(this.root);
  }

  stop() {
    this.pull.stop();
    this.sizes.disconnect();
    this.panels.stop();
    cancelAnimationFrame(this.queued);
  }

  /** A message of the server: {header, arrays}. The same message twice changes nothing. */
  receive({ header, arrays }) {
    const old = this.header;
    this.readLook();
    this.changed();
    if (old && old.frame === header.frame && old.generation === header.generation) return;
    const fresh = !old || old.generation !== header.generation;
    this.header = header;
    if (fresh) {
      this.recording.clear();
      this.playhead.reset();
      this.panels.fantasies.forget();
      this.forgetCases();
      if (this.picked >= header.n_hidden) this.picked = -1;
    }
    if (arrays.cases) {
      this.cases = arrays.cases.values;
      this.labels = arrays.case_labels.values;
      this.range = rangeOf(this.cases, header.visible);
      this.activity.forget();
    }
    const gap = this.record(header, arrays);
    if (arrays.scores) this.keepScores(arrays);
    const last = Math.max(0, this.recording.count - 1);
    const follows = this.playhead.live && (fresh || !header.run);
    if (header.jump || follows || this.playhead.position > last) this.playhead.seek(last, true);
    this.playhead.arrived(last, performance.now());
    this.pull.answered(
      { frame: header.frame, generation: header.generation, epoch: this.recording.newest },
      header.run || header.more || gap,
      header.more || gap ? 0 : header.per,
    );
    setText(this.notice, header.notice ?? "");
    this.notice.hidden = !header.notice;
    setText(
      this.title,
      `${header.title}: ${header.n_visible} visible, ${header.n_hidden} hidden units`,
    );
  }

  forgetCases() {
    this.cases = NOTHING;
    this.labels = NOTHING;
    this.range = [0, 1];
    this.activity.forget();
  }

  // Adds the frames of a message. True when some before them are missing: they must be asked for.
  record(header, arrays) {
    const { recording, playhead } = this;
    const epoch = recording.count > 0 ? recording.epochs[playhead.place] : 0;
    if ((header.stride ?? 1) > recording.stride) recording.thin(header.stride);
    const gap = header.after > recording.newest;
    if (arrays.frames && !gap) {
      recording.append(arrays.epochs.values, arrays.frames.values, arrays.errors.values);
    }
    // Places may have shifted: stay on the epoch that is shown.
    if (recording.epochs[playhead.place] !== epoch) playhead.position = recording.placeOf(epoch);
    return gap;
  }

  keepScores({ score_epochs: epochs, scores: { values, shape } }) {
    const columns = Array.from({ length: shape[1] }, (_, column) =>
      Float32Array.from({ length: shape[0] }, (_, row) => values[row * shape[1] + column]),
    );
    this.scores = { epochs: epochs.values, columns };
  }

  /** Something that the panels show has changed. */
  changed() {
    this.version += 1;
    this.draw();
  }

  /** Asks for a picture at the screen's next turn; nothing is drawn while nothing changes. */
  draw() {
    if (this.queued === 0) this.queued = requestAnimationFrame((now) => this.paint(now));
  }

  paint(now) {
    this.queued = 0;
    const { recording, playhead, header } = this;
    if (!header || this.root.clientWidth === 0) return;
    const last = recording.count - 1;
    const more = playhead.advance(last, now - this.painted);
    this.painted = now;
    if (last < 0) return;
    const moving = more || (header.run && playhead.live);
    const moment = this.momentAt(Math.min(last, playhead.place), moving);
    if (moment.epoch !== this.shown) {
      this.shown = moment.epoch;
      this.version += 1;
    }
    const going = this.panels.fantasies.advance(moment, now);
    const waiting = this.panels.draw(moment, this.version, now);
    this.showNumbers(moment, now);
    if (more || going || waiting) this.draw();
  }

  momentAt(place, moving) {
    const { header, recording, look, cases, labels, scores, options, picked, range } = this;
    const found = recorded(recording, place, header);
    const key = `${found.epoch} ${recording.revision}`;
    return {
      ...found,
      place,
      moving,
      header,
      recording,
      look,
      shades: this.shades,
      cases,
      labels,
      scores,
      options,
      picked,
      range,
      activity: () => this.activity.of(found.machine, cases, key, moving),
    };
  }

  showNumbers({ epoch, place }, now) {
    const { recording, playhead, header, root } = this;
    Object.assign(root.dataset, { epoch, newest: recording.newest, pictures: this.panels.drawn });
    setText(this.epoch, thousands(epoch));
    setText(this.state, playhead.live ? "" : " looking back");
    setText(this.memory, recording.describe(header.memory_cap));
    this.transport.sync(place, recording.count - 1, epoch, playhead.live);
    if (header.run && playhead.live && now - this.spoken < SPEECH_PAUSE) return;
    this.spoken = now;
    const error = recording.errors[place];
    const said = Number.isFinite(error) ? `, reconstruction error ${number(error)}` : "";
    setText(this.speech, `Epoch ${thousands(epoch)}${said}`);
  }

  // Colours of the page's theme, read from its variables; Streamlit calls again when they change.
  readLook() {
    const style = getComputedStyle(this.root);
    const accent = style.getPropertyValue("--accent").trim();
    this.look = { ...lookOf(style.getPropertyValue("--ground").trim(), style.color), accent };
    this.shades = shadesFor(this.look.dark);
    this.root.classList.toggle("dark", this.look.dark);
  }

  seek(place) {
    const last = Math.max(0, this.recording.count - 1);
    const wanted = Math.min(last, Math.max(0, place));
    this.playhead.seek(wanted, wanted === last);
    this.draw();
  }

  /** Marks a hidden unit in all panels (-1: none); `tell`: the server hears of it too. */
  pick(j, tell = false) {
    this.picked = tell && j === this.picked ? -1 : j;
    if (tell && this.picked >= 0) this.send("pick", { hidden: j });
    this.changed();
  }

  // Acts on the view's keys and leaves all others to the page, which has shortcuts of its own.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Space on one of the view's own controls is that control's: the page must not act as well.
    if (event.key === " " && event.target.matches("input, select, button")) event.stopPropagation();
    if (event.target.matches("select")) return;
    const many = event.shiftKey ? 10 : 1;
    const { place } = this.playhead;
    const targets = {
      ArrowLeft: place - many,
      ArrowRight: place + many,
      Home: 0,
      End: this.recording.count - 1,
    };
    if (!(event.key in targets)) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(targets[event.key]);
  }
}
