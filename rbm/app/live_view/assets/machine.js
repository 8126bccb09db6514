// The continuous RBM in the browser: what one recorded frame makes of a cloud of points.
//
// A cloud of n points is one Float64Array of length n_visible · n, coordinate by coordinate (all
// first coordinates, then all second ones), so that the inner loops run over points.

/**
 * A machine from a recorded frame: weights (n_visible, n_hidden) row by row, visible_bias,
 * hidden_bias, visible_slope, hidden_slope. `shape`: n_visible, n_hidden, sigma, low, high.
 */
export function machineOf(frame, shape) {
  const { n_visible: nVisible, n_hidden: nHidden } = shape;
  const sizes = [nVisible * nHidden, nVisible, nHidden, nVisible, nHidden];
  const expected = sizes.reduce((sum, size) => sum + size, 0);
  if (frame.length !== expected) {
    throw new Error(`A frame of ${frame.length} numbers; ${expected} were expected.`);
  }
  let start = 0;
  const parts = sizes.map((size) => frame.slice(start, (start += size)));
  const [weights, visibleBias, hiddenBias, visibleSlope, hiddenSlope] = parts;
  const { sigma, low, high } = shape;
  return {
    nVisible, nHidden, sigma, low, high, weights, visibleBias, hiddenBias, visibleSlope, hiddenSlope,
  };
}

/**
 * Passes v → h → v of a cloud: s = low + (high - low) / (1 + exp(-A · (Σ w·s + b + σ·N))).
 * `noise` is null (no noise) or offers row(halfPass, unit) with one normal number per point; h of
 * pass t is half-pass 2t, v is 2t + 1, and visible units are counted before the hidden ones.
 */
export function reconstruct(machine, cloud, passes, noise, sigma = machine.sigma) {
  const { nVisible, nHidden } = machine;
  const count = cloud.length / nVisible;
  const visible = Float64Array.from(cloud);
  const hidden = new Float64Array(nHidden * count);
  const field = new Float64Array(count);
  const quiet = noise === null || sigma === 0;
  for (let pass = 0; pass < passes; pass += 1) {
    for (let j = 0; j < nHidden; j += 1) {
      field.fill(machine.hiddenBias[j]);
      for (let i = 0; i < nVisible; i += 1) {
        addScaled(field, visible, i * count, machine.weights[i * nHidden + j]);
      }
      if (!quiet) addScaled(field, noise.row(2 * pass, nVisible + j), 0, sigma);
      squash(field, machine.hiddenSlope[j], machine, hidden, j * count);
    }
    for (let i = 0; i < nVisible; i += 1) {
      field.fill(machine.visibleBias[i]);
      for (let j = 0; j < nHidden; j += 1) {
        addScaled(field, hidden, j * count, machine.weights[i * nHidden + j]);
      }
      if (!quiet) addScaled(field, noise.row(2 * pass + 1, i), 0, sigma);
      squash(field, machine.visibleSlope[i], machine, visible, i * count);
    }
  }
  return visible;
}

function addScaled(field, source, start, factor) {
  for (let point = 0; point < field.length; point += 1) {
    field[point] += factor * source[start + point];
  }
}

function squash(field, slope, { low, high }, out, start) {
  const range = high - low;
  for (let point = 0; point < field.length; point += 1) {
    out[start + point] = low + range / (1 + Math.exp(-slope * field[point]));
  }
}

/**
 * The landscape that noise-free passes never climb, at each point of a cloud. With p the state's
 * share of the range D = high - low, S(p) = p ln p + (1 - p) ln(1 - p) and hidden inputs x:
 *   F(v) = Σ_i [D·S(p_i)/A_i - b_i·v_i] - Σ_j [D·softplus(A_j·x_j)/A_j + low·x_j]
 * On [0, 1] this is the usual Σ S(v)/A - b·v - Σ softplus(A·x)/A.
 */
export function landscape(machine, cloud) {
  const { nVisible, nHidden, low, high } = machine;
  const count = cloud.length / nVisible;
  const range = high - low;
  const energy = new Float64Array(count);
  const field = new Float64Array(count);
  for (let i = 0; i < nVisible; i += 1) {
    for (let point = 0; point < count; point += 1) {
      const v = cloud[i * count + point];
      const share = (v - low) / range;
      energy[point] +=
        (range * (plogp(share) + plogp(1 - share))) / machine.visibleSlope[i] -
        machine.visibleBias[i] * v;
    }
  }
  for (let j = 0; j < nHidden; j += 1) {
    const slope = machine.hiddenSlope[j];
    field.fill(machine.hiddenBias[j]);
    for (let i = 0; i < nVisible; i += 1) {
      addScaled(field, cloud, i * count, machine.weights[i * nHidden + j]);
    }
    for (let point = 0; point < count; point += 1) {
      const x = field[point];
      energy[point] -= (range * softplus(slope * x)) / slope + low * x;
    }
  }
  return energy;
}

const plogp = (p) => (p > 0 ? p * Math.log(p) : 0);
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The middles of the cells of a side × side grid over [low, high]², as a cloud; rows run upwards. */
export function gridCloud({ low, high }, side) {
  const cloud = new Float64Array(2 * side * side);
  for (let cell = 0; cell < side * side; cell += 1) {
    cloud[cell] = low + ((high - low) * ((cell % side) + 0.5)) / side;
    cloud[side * side + cell] = low + ((high - low) * (Math.floor(cell / side) + 0.5)) / side;
  }
  return cloud;
}

/**
 * Where noise-free passes end: [{x, y, share}], the largest basin first. Starts are a 20 × 20 grid;
 * they move until no coordinate changes by more than 1e-7 of the range in a pass, at most
 * `maxPasses`; ends closer than a hundredth of the range are one attractor, and `share` is the
 * part of the starts that ended there. Starts still moving at the end are left out.
 */
export function attractors(machine, maxPasses = 2000) {
  const starts = 400;
  const range = machine.high - machine.low;
  let cloud = gridCloud(machine, 20);
  for (let pass = 0; pass < maxPasses; pass += 25) {
    const before = reconstruct(machine, cloud, 24, null);
    cloud = reconstruct(machine, before, 1, null);
    if (settled(before, cloud, starts, range).every(Boolean)) break;
  }
  const still = settled(cloud, reconstruct(machine, cloud, 1, null), starts, range);
  const found = [];
  for (let point = 0; point < starts; point += 1) {
    if (!still[point]) continue;
    const x = cloud[point];
    const y = cloud[starts + point];
    const known = found.find((end) => Math.hypot(end.x - x, end.y - y) < 0.01 * range);
    if (known) known.share += 1 / starts;
    else found.push({ x, y, share: 1 / starts });
  }
  return found.sort((a, b) => b.share - a.share);
}

function settled(before, after, count, range) {
  return Array.from(
    { length: count },
    (_, point) =>
      Math.abs(before[point] - after[point]) < 1e-7 * range &&
      Math.abs(before[count + point] - after[count + point]) < 1e-7 * range,
  );
}
