// The pull loop: the page asks for the next frames, so a busy server slows it down, never floods it.

const WATCHDOG = 3; // seconds after which an unanswered question is asked again

/**
 * Asks while there is something to ask for: one question at a time, at least `per` seconds apart,
 * never while the tab is hidden. `send(question)` carries it to the server.
 */
export class PullLoop {
  constructor(send) {
    this.send = send;
    this.wanted = false;
    this.waiting = false;
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
    this.schedule();
  }

  schedule() {
    clearTimeout(this.timer);
    if (!this.wanted || document.hidden) return;
    const pause = this.waiting ? Math.max(WATCHDOG, this.per) : this.per;
    const due = this.asked + 1000 * pause - performance.now();
    this.timer = setTimeout(() => this.ask(), Math.max(0, due));
  }

  ask() {
    this.waiting = true;
    this.asked = performance.now();
    this.send(this.question);
    this.schedule();
  }
}
