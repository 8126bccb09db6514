// What moves the brush: a mouse, a finger, a pen, or the keys.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Turns events on the board's screen into strokes, one pointer at a time. */
export class Hand {
  constructor(board) {
    this.board = board;
    this.screen = board.screen;
    this.pointer = null; // the pointer that paints
    this.last = null; // where it was
    this.cursor = { x: 0, y: 0 }; // where the keys are
    this.painting = false; // whether the space bar is held
    const listen = (name, act) => this.screen.root.addEventListener(name, act);
    listen("pointerdown", (event) => this.pressed(event));
    listen("pointermove", (event) => this.moved(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      listen(name, (event) => this.lifted(event));
    }
    listen("contextmenu", (event) => event.preventDefault()); // a long press paints
    listen("keydown", (event) => this.keyDown(event));
    listen("keyup", (event) => this.keyUp(event));
    listen("focus", () => this.focused());
    listen("blur", () => this.blurred());
  }

  pressed(event) {
    if (this.pointer !== null || event.button !== 0) return;
    this.screen.root.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.screen.point(null);
    this.last = this.screen.at(event);
    this.board.line(this.last, this.last);
  }

  moved(event) {
    if (event.pointerId !== this.pointer) return;
    // The browser hands over several positions at once where a device is faster than the screen.
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length > 0 ? all : [event]) {
      const at = this.screen.at(one);
      this.board.line(this.last, at);
      this.last = at;
    }
  }

  lifted(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.board.stroked();
  }

  focused() {
    if (!this.screen.root.matches(":focus-visible")) return;
    this.screen.point(this.cursor);
    this.board.tell(this.cursor);
  }

  blurred() {
    this.screen.point(null);
    if (this.painting) this.keyUp({ key: " " });
  }

  keyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const within = (place, count) => Math.min(count - 1, Math.max(0, place));
      const from = this.cursor;
      this.cursor = {
        x: within(from.x + arrow[0], this.screen.width),
        y: within(from.y + arrow[1], this.screen.height),
      };
      this.screen.point(this.cursor);
      if (this.painting) this.board.line(from, this.cursor);
      this.board.tell(this.cursor);
    } else if (event.key === " ") {
      this.painting = true;
      this.screen.point(this.cursor);
      this.board.line(this.cursor, this.cursor);
      this.board.tell(this.cursor);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  keyUp(event) {
    if (event.key !== " " || !this.painting) return;
    this.painting = false;
    this.board.stroked();
    event.preventDefault?.();
  }
}
