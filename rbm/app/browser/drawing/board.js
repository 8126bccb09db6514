// The drawing board: one object that joins points, brushes, history, controls and the server.

import { Stroke } from "./brushes.js";
import { Cloud, decode, encode } from "./cloud.js";
import { Easel } from "./easel.js";
import { Exchange } from "./exchange.js";
import { Hand } from "./hand.js";
import { History } from "./history.js";
import { STEPS, TOOLS, Tools } from "./tools.js";

const WRITING =
  "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])";

const same = (one, other) =>
  one.length === other.length && one.every((place, at) => place === other[at]);
const thousands = (number) => number.toLocaleString("en-US");

export class Board {
  constructor(most) {
    this.cloud = new Cloud(most);
    this.history = new History(this.cloud.places());
    this.exchange = new Exchange(window.sessionStorage);
    this.backdrop = null;
    this.late = null; // a message that came during a stroke
    this.remark = "";
    this.queued = 0;
    this.pictures = 0;
    this.root = document.createElement("div");
    this.root.className = "drawing";
    this.root.dataset.testid = "drawing";
    this.root.innerHTML = `${TOOLS}
      <div class="frame">
        <canvas tabindex="0" role="application" aria-label="Drawing board: arrow keys move the
          brush, Shift with them for larger steps, Space or Enter draws while held"></canvas>
        <div class="hint">Draw here: mouse, finger, pen or keys</div>
      </div>
      <div class="count"></div>${STEPS}
      <div class="unseen" aria-live="polite"></div>`;
    this.canvas = this.root.querySelector("canvas");
    this.easel = new Easel(this.canvas);
    this.easel.readLook(this.root);
    this.tools = new Tools(this.root, () => this.draw());
    this.hand = new Hand(this);
    for (const button of this.root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this[button.dataset.do]());
    }
    this.root.addEventListener("keydown", (event) => {
      // Space on one of the board's own controls is that control's: the page must not act as well.
      if (event.key === " ") event.stopPropagation();
    });
    this.onKey = (event) => this.keyPressed(event);
    document.addEventListener("keydown", this.onKey);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.canvas);
  }

  stop() {
    this.hand.stop();
    this.sizes.disconnect();
    cancelAnimationFrame(this.queued);
    document.removeEventListener("keydown", this.onKey);
  }

  /** A message of the server: {points, revision, learnt, backdrop}. */
  receive(message) {
    this.root.classList.toggle("dark", this.easel.readLook(this.root));
    this.setBackdrop(message.backdrop);
    const given = this.exchange.receive(message);
    if (this.hand.stroke) this.late = given ?? this.late;
    else if (given) this.take(given);
    this.exchange.keep(encode(this.history.now));
    this.draw();
  }

  // What the server gave is a step of the history like any other: Undo goes back behind it.
  take({ points, kept }) {
    const places = decode(points);
    if (!same(places, this.history.now)) {
      if (this.history.now.length > 0) this.history.push(places);
      else this.history = new History(places);
    }
    this.show(places);
    if (kept) this.send(this.exchange.tell(points, true));
  }

  setBackdrop(backdrop) {
    const old = this.backdrop;
    if (old?.points === backdrop.points && old.name === backdrop.name) return;
    const places = decode(backdrop.points);
    this.backdrop = { ...backdrop, places, cloud: new Cloud(this.cloud.most) };
    this.backdrop.cloud.restore(places);
    const { name, of } = backdrop;
    const count = places.length / 2;
    this.root.querySelector(".backdrop").hidden = count === 0;
    this.tools.say("backdrop", `Show ${name} behind`);
    this.root.querySelector("[data-do=start]").title =
      count < of
        ? `Draw on with a random ${thousands(count)} of the ${thousands(of)} points of ${name}`
        : `Draw on with the ${thousands(count)} points of ${name}`;
  }

  // -- strokes

  begin(brush) {
    const { radius, amounts } = this.tools;
    return new Stroke(this.cloud, brush, { radius, amount: amounts[brush] });
  }

  end() {
    const { late } = this;
    this.late = null;
    if (this.commit()) return;
    if (late) this.take(late);
  }

  // The drawing as it is now becomes a step of the history and is sent. False if nothing changed.
  commit() {
    const places = this.cloud.places();
    const changed = !same(places, this.history.now);
    this.remark = "";
    if (changed) this.history.push(places);
    this.show(places);
    if (changed) this.tell(places);
    return changed;
  }

  tell(places) {
    this.send(this.exchange.tell(encode(places)));
  }

  undo() {
    this.goTo(-1);
  }

  redo() {
    this.goTo(1);
  }

  goTo(step) {
    if (this.hand.stroke || !(step < 0 ? this.history.canUndo : this.history.canRedo)) return;
    const places = this.history.go(step);
    this.show(places);
    this.tell(places);
  }

  clear() {
    this.replace(new Uint16Array());
  }

  start() {
    this.replace(this.backdrop.places);
    const { of, name } = this.backdrop;
    const { count } = this.cloud;
    if (count === of) return;
    this.remark = ` A random ${thousands(count)} of the ${thousands(of)} points of ${name}.`;
  }

  replace(places) {
    if (this.hand.stroke) return;
    this.cloud.restore(places);
    this.commit();
  }

  keyPressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.composedPath()[0].matches?.(WRITING)) return; // a field undoes its own typing
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.goTo(key === "y" || event.shiftKey ? 1 : -1);
  }

  // -- what is seen

  // Shows a state of the history, and says it to those who do not see it.
  show(places) {
    this.cloud.restore(places);
    this.root.querySelector(".unseen").textContent = this.sentence;
    this.draw();
  }

  get sentence() {
    const { count, most, full } = this.cloud;
    const text = `${thousands(count)} of ${thousands(most)} points`;
    const rest = full ? ": a drawing holds no more. Erase some to go on." : ".";
    return text + rest + this.remark;
  }

  /** Asks for a picture at the screen's next turn; nothing is drawn while nothing changes. */
  draw() {
    if (this.queued === 0) this.queued = requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.queued = 0;
    if (this.canvas.clientWidth === 0) return;
    const { root, tools, hand, cloud, backdrop, history } = this;
    const behind = tools.backdrop && backdrop ? backdrop.cloud : null;
    this.easel.paint(cloud, behind, hand.at && { ...hand.at, radius: tools.radius });
    this.pictures += 1;
    Object.assign(root.dataset, {
      pictures: this.pictures,
      count: cloud.count,
      revision: this.exchange.revision,
    });
    const find = (selector) => root.querySelector(selector);
    if (find(".count").textContent !== this.sentence) find(".count").textContent = this.sentence;
    find(".hint").hidden = cloud.count > 0 || hand.stroke !== null;
    find("[data-do=undo]").disabled = !history.canUndo;
    find("[data-do=redo]").disabled = !history.canRedo;
    find("[data-do=clear]").disabled = cloud.count === 0;
  }
}
