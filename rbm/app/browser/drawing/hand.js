// What moves the brush: a mouse, a finger, a pen, or the keys.

const HOLD = 80; // milliseconds between two dabs of a brush that is held still
const KEY_STEP = 0.02; // of the square, for one press of an arrow key
const LONG_STEP = 0.1;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const ERASER = 32; // the bit of PointerEvent.buttons for a pen's other end

/**
 * Turns events on the board's canvas into strokes, one at a time: `board.begin(brush)` gives the
 * stroke, `board.end()` takes it. Further fingers, or a palm beside a pen, draw nothing.
 */
export class Hand {
  constructor(board) {
    this.board = board;
    this.stroke = null;
    this.pointer = null; // the pointer that draws; null for the keys
    this.at = null; // where the brush is, {x, y}, or null when it is nowhere
    const { canvas } = board;
    const listen = (name, act) => canvas.addEventListener(name, act);
    listen("pointerdown", (event) => this.pressed(event));
    listen("pointermove", (event) => this.moved(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      listen(name, (event) => this.lifted(event));
    }
    listen("pointerleave", () => this.left());
    listen("contextmenu", (event) => event.preventDefault()); // a long press draws
    listen("keydown", (event) => this.keyDown(event));
    listen("keyup", (event) => this.keyUp(event));
    listen("focus", () => this.focused());
    listen("blur", () => this.blurred());
  }

  pressed(event) {
    const eraser = (event.buttons & ERASER) !== 0;
    if (this.stroke || (event.button !== 0 && !eraser)) return;
    const { canvas, easel, tools } = this.board;
    canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.begin(easel.valueAt(event), eraser ? "erase" : tools.brush);
  }

  moved(event) {
    const drawing = this.stroke !== null && event.pointerId === this.pointer;
    if (this.stroke && !drawing) return;
    // The browser hands over several positions at once where a device is faster than the screen.
    const all = (drawing && event.getCoalescedEvents?.()) || [];
    for (const one of all.length > 0 ? all : [event]) this.go(this.board.easel.valueAt(one));
  }

  lifted(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    if (event.type === "pointerup") this.go(this.board.easel.valueAt(event));
    this.end();
    if (event.pointerType === "touch") this.left();
  }

  left() {
    if (this.stroke) return;
    this.at = null;
    this.board.draw();
  }

  focused() {
    if (!this.board.canvas.matches(":focus-visible") || this.at) return;
    this.at = { x: 0.5, y: 0.5 };
    this.board.draw();
  }

  blurred() {
    if (this.pointer === null && this.stroke) this.end();
    this.left();
  }

  keyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? LONG_STEP : KEY_STEP;
      const { x, y } = this.at ?? { x: 0.5, y: 0.5 };
      const within = (value) => Math.min(1, Math.max(0, value));
      if (this.pointer === null) {
        this.go({ x: within(x + step * arrow[0]), y: within(y + step * arrow[1]) });
      }
    } else if (event.key === " " || event.key === "Enter") {
      if (!this.stroke) this.begin(this.at ?? { x: 0.5, y: 0.5 }, this.board.tools.brush);
    } else if (!this.board.tools.keyPressed(event.key)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  keyUp(event) {
    if (event.key !== " " && event.key !== "Enter") return;
    if (this.stroke && this.pointer === null) this.end();
    event.preventDefault();
    event.stopPropagation();
  }

  begin(at, brush) {
    this.at = at;
    this.stroke = this.board.begin(brush);
    this.stroke.press(at.x, at.y);
    this.resting = at;
    this.timer = setInterval(() => this.hold(), HOLD);
    this.board.draw();
  }

  go(at) {
    this.at = at;
    this.stroke?.move(at.x, at.y);
    this.board.draw();
  }

  hold() {
    if (this.resting === this.at) this.stroke.hold();
    this.resting = this.at;
    this.board.draw();
  }

  end() {
    this.stop();
    this.board.end();
  }

  stop() {
    clearInterval(this.timer);
    this.stroke = null;
    this.pointer = null;
  }
}
