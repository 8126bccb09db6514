// The continuous RBM in the browser: what one recorded frame makes of a cloud of points.
//
// The picture is flat, so machines here have two visible units. A cloud of n points is one
// Float64Array of length 2n, all first coordinates and then all second ones: inner loops run over
// points.

/**
 * A machine from a recorded frame: weights (n_visible, n_hidden) row by row, visible_bias,
 * hidden_bias, visible_slope, hidden_slope. `shape`: n_visible, n_hidden, sigma, low, high.
 */
export function machineOf(frame, shape) {
  const { n_visible: nVisible, n_hidden: nHidden, sigma, low, high } = shape;
  if (nVisible !== 2) throw new Error(`${nVisible} visible units; the live view draws two.`);
  const sizes = [2 * nHidden, 2, nHidden, 2, nHidden];
  const expected = sizes.reduce((sum, size) => sum + size, 0);
  if (frame.length !== expected) {
    throw new Error(`A frame of ${frame.length} numbers; ${expected} were expected.`);
  }
  let start = 0;
  const parts = sizes.map((size) => Float64Array.from(frame.slice(start, (start += size))));
  const [weights, visibleBias, hiddenBias, visibleSlope, hiddenSlope] = parts;
  return { nHidden, sigma, low, high, weights, visibleBias, hiddenBias, visibleSlope, hiddenSlope };
}

// exp and log are the dearest things a picture needs, so 1 / (1 + exp(-x)) and the smooth part of
// softplus(x) = max(x, 0) + ln(1 + exp(-|x|)) are read from tables of 2^14 steps over [-18, 18],
// straight lines in between. With step d = 36 / 2^14 the error is at most d²/8 · max|f''|: 6e-8 and
// 1.6e-7; beyond the ends it is below 2e-8.
const STEPS = 16384;
const END = 18;
const tableOf = (f) =>
  Float64Array.from({ length: STEPS + 1 }, (_, step) => f((2 * END * step) / STEPS - END));
const LOGISTIC = tableOf((x) => 1 / (1 + Math.exp(-x)));
const SOFTPLUS_REST = tableOf((x) => Math.log1p(Math.exp(-Math.abs(x))));

function interpolate(table, x) {
  const at = (x + END) * (STEPS / (2 * END));
  if (!(at > 0)) return table[0];
  if (at >= STEPS) return table[STEPS];
  const step = at | 0;
  return table[step] + (at - step) * (table[step + 1] - table[step]);
}

/**
 * Passes v → h → v of a cloud: s = low + (high - low) / (1 + exp(-A · (Σ w·s + b + σ·N))).
 * `noise` is null (no noise) or offers row(halfPass, unit), a Float32Array with one normal number
 * per point; h of pass t is half-pass 2t, v is 2t + 1, and visible units count before hidden ones.
 *
 * A hidden unit's states are used as soon as they are known: they are added into both visible
 * inputs in the same loop, and never stored.
 */
export function reconstruct(machine, cloud, passes, noise, sigma = machine.sigma) {
  const { nHidden } = machine;
  const count = cloud.length / 2;
  const visible = Float64Array.from(cloud);
  const x = visible.subarray(0, count);
  const y = visible.subarray(count);
  const inputX = new Float64Array(count);
  const inputY = new Float64Array(count);
  const silence = new Float32Array(count);
  const row = (halfPass, unit) => (noise ? noise.row(halfPass, unit) : silence);
  for (let pass = 0; pass < passes; pass += 1) {
    inputX.fill(machine.visibleBias[0]);
    inputY.fill(machine.visibleBias[1]);
    for (let j = 0; j < nHidden; j += 1) {
      passThrough(machine, j, x, y, inputX, inputY, row(2 * pass, 2 + j), sigma);
    }
    squash(machine, 0, inputX, row(2 * pass + 1, 0), sigma, x);
    squash(machine, 1, inputY, row(2 * pass + 1, 1), sigma, y);
  }
  return visible;
}

// Hidden unit j: its states from (x, y), added into the inputs of both visible units.
function passThrough(machine, j, x, y, inputX, inputY, noise, sigma) {
  const { weights, nHidden, low, high } = machine;
  const [weightX, weightY] = [weights[j], weights[nHidden + j]];
  const [bias, slope, range] = [machine.hiddenBias[j], machine.hiddenSlope[j], high - low];
  for (let point = 0; point < x.length; point += 1) {
    const input = bias + weightX * x[point] + weightY * y[point] + sigma * noise[point];
    const state = low + range * interpolate(LOGISTIC, slope * input);
    inputX[point] += weightX * state;
    inputY[point] += weightY * state;
  }
}

// Visible unit i: its states from its inputs.
function squash(machine, i, input, noise, sigma, out) {
  const { low, high } = machine;
  const [slope, range] = [machine.visibleSlope[i], high - low];
  for (let point = 0; point < out.length; point += 1) {
    out[point] = low + range * interpolate(LOGISTIC, slope * (input[point] + sigma * noise[point]));
  }
}

/**
 * The landscape that noise-free passes never climb, at each point of a cloud. With p the state's
 * share of the range D = high - low, S(p) = p ln p + (1 - p) ln(1 - p) and hidden inputs x:
 *   F(v) = Σ_i [D·S(p_i)/A_i - b_i·v_i] - Σ_j [D·softplus(A_j·x_j)/A_j + low·x_j]
 * On [0, 1] this is the usual Σ S(v)/A - b·v - Σ softplus(A·x)/A.
 */
export function landscape(machine, cloud) {
  const { nHidden, low, high, weights } = machine;
  const count = cloud.length / 2;
  const range = high - low;
  const x = cloud.subarray(0, count);
  const y = cloud.subarray(count);
  const energy = new Float64Array(count);
  [x, y].forEach((values, i) => {
    for (let point = 0; point < count; point += 1) {
      const share = (values[point] - low) / range;
      const entropy = plogp(share) + plogp(1 - share);
      energy[point] +=
        (range * entropy) / machine.visibleSlope[i] - machine.visibleBias[i] * values[point];
    }
  });
  for (let j = 0; j < nHidden; j += 1) {
    const [weightX, weightY] = [weights[j], weights[nHidden + j]];
    const [bias, slope] = [machine.hiddenBias[j], machine.hiddenSlope[j]];
    for (let point = 0; point < count; point += 1) {
      const input = bias + weightX * x[point] + weightY * y[point];
      const soft = Math.max(slope * input, 0) + interpolate(SOFTPLUS_REST, slope * input);
      energy[point] -= (range * soft) / slope + low * input;
    }
  }
  return energy;
}

const plogp = (p) => (p > 0 ? p * Math.log(p) : 0);

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
 * each moves until a pass changes no coordinate by more than 1e-7 of the range, for `maxPasses` at
 * most (those still moving then are left out). Ends closer than a hundredth of the range are one
 * attractor; `share` is the part of the starts that ended there. Chains that have come within 1e-4
 * of the range of each other go on as one, which leaves few of them after the first passes.
 */
export function attractors(machine, maxPasses = 4000) {
  const side = 20;
  const range = machine.high - machine.low;
  const starts = gridCloud(machine, side);
  let moving = Array.from({ length: side * side }, (_, point) => ({
    x: starts[point],
    y: starts[side * side + point],
    share: 1 / (side * side),
  }));
  const found = [];
  for (let passes = 0; passes < maxPasses && moving.length > 0; passes += 26) {
    const before = reconstruct(machine, cloudOf(moving), 25, null);
    const after = reconstruct(machine, before, 1, null);
    const merged = new Map();
    moving.forEach(({ share }, point) => {
      const x = after[point];
      const y = after[moving.length + point];
      const change = Math.max(
        Math.abs(x - before[point]),
        Math.abs(y - before[moving.length + point]),
      );
      const settled = change < 1e-7 * range;
      const known = settled
        ? found.find((end) => Math.hypot(end.x - x, end.y - y) < 0.01 * range)
        : merged.get(meshOf(x, y, 1e-4 * range));
      if (known) known.share += share;
      else if (settled) found.push({ x, y, share });
      else merged.set(meshOf(x, y, 1e-4 * range), { x, y, share });
    });
    moving = [...merged.values()];
  }
  return found.sort((a, b) => b.share - a.share);
}

const meshOf = (x, y, size) => `${Math.round(x / size)} ${Math.round(y / size)}`;

const cloudOf = (points) =>
  Float64Array.from([...points.map(({ x }) => x), ...points.map(({ y }) => y)]);
