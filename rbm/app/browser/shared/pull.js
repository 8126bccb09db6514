// The pull loop: the page asks for the next frames, so a busy server slows it down, never floods it.

// Seconds after which an unanswered question is asked again; doubled each time it stays unanswered,
// so that a server that is merely slow is not asked more and more.
const WATCHDOG = 3;
const LONGEST_WATCHDOG = 24;

/**
 * Asks while there is something to ask for: one question at a time, at least `per` seconds apart,
 * never while the tab is hidden. `send(question)` carries it to the server.
 */
export class PullLoop {
  constructor(send) {
    this.send = send;
    this.wanted = false;
    this.waiting = false;
    this.patience = WATCHDOG;
    this.per = 0.1;
    this.asked = -Infinity;
    this.timer = 0;
    this.question = null;
    this.onVisibility = () => this.schedule();
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  stop() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisibility);
  }

  /** A message has come: what to ask next, whether to ask at all, and how soon. */
  answered(question, wanted, per) {
    this.question = question;
    this.wanted = wanted;
    this.per = per;
    this.waiting = false;
    this.patience = WATCHDOG;
    this.schedule();
  }

  schedule() {
    clearTimeout(this.timer);
    if (!this.wanted || document.hidden) return;
    const pause = this.waiting ? Math.max(this.patience, this.per) : this.per;
    const due = this.asked + 1000 * pause - performance.now();
    this.timer = setTimeout(() => this.ask(), Math.max(0, due));
  }

  ask() {
    if (this.waiting) this.patience = Math.min(LONGEST_WATCHDOG, 2 * this.patience);
    this.waiting = true;
    this.asked = performance.now();
    this.send(this.question);
    this.schedule();
  }
}
