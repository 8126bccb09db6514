// From a recorded frame to what the picture shows: probes, reconstruction, densities, landscape.

import { GRID, density, highest, inkLevels } from "./density.js";
import { attractors, gridCloud, landscape, machineOf, reconstruct } from "./machine.js";
import { NoiseRows, uniforms } from "./noise.js";

const UNIFORM_PROBES = 500;
const CHAINS_A_CLICK = 20; // noisy chains that start at each point of the user
const MOST_PROBES = 2000; // of the data: more cannot be told apart in the picture
const MOST_NOISE = 8e6; // normal numbers kept: 32 MB

/** Points of the user, each repeated so that noise shows its spread. */
function clickedCloud(clicks, copies) {
  const count = clicks.length * copies;
  const cloud = new Float64Array(2 * count);
  clicks.forEach(([x, y], place) => {
    cloud.fill(x, place * copies, (place + 1) * copies);
    cloud.fill(y, count + place * copies, count + (place + 1) * copies);
  });
  return cloud;
}

/** At most so many points of a cloud, evenly from first to last: a table may be in any order. */
function thinned(cloud, most) {
  const count = cloud.length / 2;
  if (count <= most) return cloud;
  return Float64Array.from({ length: 2 * most }, (_, place) => {
    const point = Math.floor(((place % most) * count) / most);
    return cloud[place < most ? point : count + point];
  });
}

/** Everything the picture needs, worked out only when what it depends on has changed. */
export class Scene {
  constructor() {
    this.data = new Float64Array(0); // a cloud: another one is another object
    this.clicks = [];
    this.noise = new NoiseRows(0);
    this.cache = new Map();
  }

  /** A value that depends on the given things: made again only when one of them has changed. */
  remember(name, needs, make) {
    const known = this.cache.get(name);
    if (known && known.needs.every((need, place) => Object.is(need, needs[place]))) {
      return known.value;
    }
    const value = make();
    this.cache.set(name, { needs, value });
    return value;
  }

  /** What one frame looks like: {machine, probes, ends, inks, …}; layers that are off are null. */
  at(frame, shape, options, moving) {
    const { layers } = options;
    const machine = this.remember("machine", [frame, shape], () => machineOf(frame, shape));
    const probes = this.probes(shape, options);
    const ends = this.remember("ends", [machine, probes, options.passes, options.noise], () =>
      this.reconstruct(machine, probes, options),
    );
    const ink = (name, cloud) =>
      this.remember(name, [cloud, options.bandwidth, shape.low, shape.high], () => {
        if (cloud.length === 0) return null;
        const cells = density(cloud, shape, options.bandwidth);
        const most = highest(cells);
        return { cells, highest: most, levels: inkLevels(cells, most, [0.5, 0.9]) };
      });
    return {
      machine,
      probes,
      ends,
      dataInk: layers.dataInk || layers.reconstructionInk ? ink("dataInk", this.data) : null,
      reconstructionInk: layers.reconstructionInk ? ink("reconstructionInk", ends) : null,
      landscape: layers.landscape ? this.landscape(machine) : null,
      attractors: layers.attractors ? this.attractors(machine, moving) : null,
    };
  }

  probes(shape, options) {
    if (options.probes === "data") {
      const units = shape.n_visible + shape.n_hidden;
      const most = Math.min(MOST_PROBES, Math.floor(MOST_NOISE / (options.passes * units)));
      return this.remember("dataProbes", [this.data, most], () => thinned(this.data, most));
    }
    if (options.probes === "clicks") {
      const copies = options.noise > 0 ? CHAINS_A_CLICK : 1;
      return this.remember("clickProbes", [this.clicks, copies], () =>
        clickedCloud(this.clicks, copies),
      );
    }
    return this.remember("uniformProbes", [shape.low, shape.high], () => {
      const place = (share) => shape.low + share * (shape.high - shape.low);
      const cloud = new Float64Array(2 * UNIFORM_PROBES);
      cloud.set(uniforms(0, UNIFORM_PROBES).map(place), 0);
      cloud.set(uniforms(1, UNIFORM_PROBES).map(place), UNIFORM_PROBES);
      return cloud;
    });
  }

  reconstruct(machine, probes, { passes, noise }) {
    const count = probes.length / 2;
    if (this.noise.count !== count) this.noise = new NoiseRows(count);
    return reconstruct(
      machine,
      probes,
      passes,
      noise > 0 ? this.noise : null,
      noise * machine.sigma,
    );
  }

  /**
   * Heights F(v) on the grid, the levels below which 2 %, 5 %, … of the square lie, and each cell's
   * depth: 1 at the lowest point, 0 at the highest, by rank, so that the valleys fill the tints.
   */
  landscape(machine) {
    return this.remember("landscape", [machine], () => {
      const heights = landscape(machine, gridCloud(machine, GRID));
      const order = Float64Array.from(heights).sort();
      const quantile = (share) => order[Math.round(share * (order.length - 1))];
      const marks = Float64Array.from({ length: 33 }, (_, step) => quantile(step / 32));
      return {
        heights,
        depths: heights.map((height) => (1 - rank(marks, height)) ** 3),
        levels: [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7].map(quantile),
      };
    });
  }

  /** While frames rush by, attractors are looked for five times a second only. */
  attractors(machine, moving) {
    const known = this.cache.get("attractors");
    const now = performance.now();
    if (
      known &&
      (known.machine === machine ? known.thorough || moving : moving && now < known.due)
    ) {
      return known.value;
    }
    const value = attractors(machine, moving ? 400 : 4000);
    this.cache.set("attractors", { machine, value, thorough: !moving, due: now + 200 });
    return value;
  }
}

// Share of the way through ascending marks at which a value stands, straight lines in between.
function rank(marks, value) {
  let [low, high] = [0, marks.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (marks[middle] <= value) low = middle;
    else high = middle;
  }
  const step = marks[high] - marks[low];
  return (low + (step > 0 ? (value - marks[low]) / step : 0)) / (marks.length - 1);
}
