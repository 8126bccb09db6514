// The panels, and which of them is drawn when.

import { Curves } from "./curves.js";
import { Fantasies } from "./fantasies.js";
import { Filters } from "./filters.js";
import { Hidden } from "./hidden.js";
import { Histograms } from "./histograms.js";

// While epochs rush by, a panel waits this many times as long as it takes to draw: however large
// the machine, drawing leaves the browser time to answer.
const SHARE = 4;

// What is drawn, and how many milliseconds apart at least while epochs rush by.
const PANELS = [
  [Filters, 0],
  [Fantasies, 0],
  [Curves, 120],
  [Hidden, 200],
  [Histograms, 200],
];

/** All panels; `appeared()` is called when some come into sight. */
export class Panels {
  constructor(options, view, appeared) {
    this.entries = PANELS.map(([Panel, least]) => ({
      panel: new Panel(options, view),
      least,
      version: -1, // of what it shows
      cost: 0,
      at: -Infinity,
    }));
    this.fantasies = this.entries[1].panel;
    this.drawn = 0;
    this.sights = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          const { panel } = this.entries.find((entry) => entry.panel.card.node === target);
          panel.card.seen = isIntersecting;
        }
        appeared();
      },
      { rootMargin: "200px" },
    );
    for (const node of this.nodes) this.sights.observe(node);
  }

  get nodes() {
    return this.entries.map(({ panel }) => panel.card.node);
  }

  stop() {
    this.sights.disconnect();
  }

  /** Draws the panels on the screen that do not show this version yet; true when some must wait. */
  draw(moment, version, now) {
    let waiting = false;
    for (const entry of this.entries) {
      const { panel, least, cost, at } = entry;
      if ((entry.version === version && !panel.stale) || !panel.card.seen) continue;
      if (moment.moving && now - at < Math.max(least, SHARE * cost)) {
        waiting = true;
        continue;
      }
      const begun = performance.now();
      panel.draw(moment);
      panel.card.read();
      Object.assign(entry, { version, at: now, cost: performance.now() - begun });
      this.drawn += 1;
    }
    return waiting;
  }
}
