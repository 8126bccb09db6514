// Undo and redo: every state of the drawing after a stroke, and which of them is shown.

const STEPS = 200; // of at most 6 kB each

export class History {
  constructor(first) {
    this.states = [first];
    this.at = 0;
  }

  get now() {
    return this.states[this.at];
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.states.length - 1;
  }

  /** A new state; what had been undone is forgotten. */
  push(state) {
    this.states = [...this.states.slice(0, this.at + 1), state].slice(-STEPS - 1);
    this.at = this.states.length - 1;
  }

  /** Goes `steps` on (negative: back), as far as there are states; the state there. */
  go(steps) {
    this.at = Math.min(this.states.length - 1, Math.max(0, this.at + steps));
    return this.now;
  }
}
