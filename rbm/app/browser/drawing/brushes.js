// What each brush does to the points under it.
//
// A stroke is a row of dabs, a fixed distance apart along its path, however many events a mouse, a
// finger or a pen sends: the same path leaves the same amount of paint, fast or slow.

const FINE = 0.002; // the distance between dabs of brushes that must not leave out anything

/** A standard normal number (Box and Muller 1958) from two uniform ones. */
const normal = (random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The number folded back into [0, 1] at the borders. */
const reflected = (value) => {
  const folded = Math.abs(value) % 2;
  return folded > 1 ? 2 - folded : folded;
};

/** The number, or the nearer border of [0, 1]. */
const limited = (value) => Math.min(1, Math.max(0, value));

function spray(cloud, { x, y, radius, amount, random }) {
  for (let drop = 0; drop < amount; drop += 1) {
    const away = radius * Math.sqrt(random()); // evenly over the disc
    const angle = 2 * Math.PI * random();
    cloud.add(x + away * Math.cos(angle), y + away * Math.sin(angle));
  }
}

function point(cloud, { x, y }) {
  cloud.add(x, y);
}

function erase(cloud, { x, y, radius }) {
  cloud.keep((left, bottom) => Math.hypot(left - x, bottom - y) >= radius);
}

function jitter(cloud, { x, y, radius, amount, random }) {
  const spread = 0.02 * amount * radius;
  cloud.within(x, y, radius, (at) => {
    cloud.x[at] = reflected(cloud.x[at] + spread * normal(random));
    cloud.y[at] = reflected(cloud.y[at] + spread * normal(random));
  });
}

// Points in the middle go along with the brush, those at its edge stay: by (1 − (d/r)²)².
function pull(cloud, { x, y, moved, radius, amount }) {
  cloud.within(x - moved.x, y - moved.y, radius, (at, distance) => {
    const share = (amount / 10) * (1 - (distance / radius) ** 2) ** 2;
    cloud.x[at] = limited(cloud.x[at] + share * moved.x);
    cloud.y[at] = limited(cloud.y[at] + share * moved.y);
  });
}

/** One movement of a brush from pressing to lifting. */
export class Stroke {
  /** `name` of BRUSHES; `radius` in units of the square, `amount` 1 to 10, `random()` in [0, 1). */
  constructor(cloud, name, { radius, amount }, random = Math.random) {
    const { dab, apart, still } = BRUSHES[name];
    Object.assign(this, { cloud, dab, still, radius, amount, random });
    this.apart = apart(radius);
    this.at = null;
  }

  press(x, y) {
    this.at = { x, y };
    this.touch({ x: 0, y: 0 });
  }

  /** Dabs along the way to (x, y); what is left of the way waits for the next move. */
  move(x, y) {
    const start = this.at;
    const way = { x: x - start.x, y: y - start.y };
    const length = Math.hypot(way.x, way.y);
    const moved = { x: (way.x / length) * this.apart, y: (way.y / length) * this.apart };
    // A dab too few by rounding would only be made up for by the next move.
    const dabs = Math.floor(length / this.apart + 1e-9);
    for (let dab = 1; dab <= dabs; dab += 1) {
      this.at = { x: start.x + dab * moved.x, y: start.y + dab * moved.y };
      this.touch(moved);
    }
  }

  /** The brush is held still: spray and jitter go on. */
  hold() {
    if (this.still) this.touch({ x: 0, y: 0 });
  }

  touch(moved) {
    const { radius, amount, random } = this;
    this.dab(this.cloud, { ...this.at, moved, radius, amount, random });
  }
}

/**
 * The brushes: label, key while the board has the focus, what they do, what their second slider
 * means (null: nothing) and its first value, the distance between two dabs, and whether they go on
 * while held still.
 */
export const BRUSHES = {
  spray: {
    label: "Spray", key: "s", amount: "Density", first: 4, dab: spray, still: true,
    apart: (radius) => radius / 2, title: "Sprays points evenly over the brush",
  },
  point: {
    label: "Point", key: "p", amount: null, first: 1, dab: point, still: false,
    apart: (radius) => radius, title: "One point where you press, a row of them along a line",
  },
  erase: {
    label: "Erase", key: "e", amount: null, first: 1, dab: erase, still: false,
    apart: () => FINE, title: "Takes away the points under the brush",
  },
  jitter: {
    label: "Jitter", key: "j", amount: "Strength", first: 4, dab: jitter, still: true,
    apart: (radius) => radius / 2, title: "Shakes the points under the brush",
  },
  pull: {
    label: "Pull", key: "l", amount: "Strength", first: 8, dab: pull, still: false,
    apart: () => FINE, title: "Takes the points under the brush along",
  },
};
