// A binary machine of one recorded frame, and what its units make of each other.

export const logistic = (x) => 1 / (1 + Math.exp(-x));

/**
 * The machine of a frame: weights (n_visible rows, n_hidden columns), biases, and for Gaussian
 * visible units their standard deviations (`scale`, else null). Views into the frame, not copies.
 */
export function machineOf(frame, { n_visible: nVisible, n_hidden: nHidden, visible }) {
  const gaussian = visible === "gaussian";
  const expected = nVisible * (nHidden + 1 + (gaussian ? 1 : 0)) + nHidden;
  if (frame.length !== expected) {
    throw new Error(`A frame has ${frame.length} numbers, expected are ${expected}.`);
  }
  let at = 0;
  const take = (count) => frame.subarray(at, (at += count));
  return {
    nVisible,
    nHidden,
    weights: take(nVisible * nHidden),
    visibleBias: take(nVisible),
    hiddenBias: take(nHidden),
    scale: gaussian ? take(nVisible) : null,
  };
}

/** Writes p(h_j = 1 | v) into `p` (n_hidden numbers), for the state that begins at v[first]. */
export function hiddenGiven({ nVisible, nHidden, weights, hiddenBias, scale }, v, first, p) {
  for (let j = 0; j < nHidden; j += 1) p[j] = hiddenBias[j];
  for (let i = 0; i < nVisible; i += 1) {
    const on = scale ? v[first + i] / scale[i] ** 2 : v[first + i];
    if (on === 0) continue; // of many images, most pixels
    const row = i * nHidden;
    for (let j = 0; j < nHidden; j += 1) p[j] += on * weights[row + j];
  }
  for (let j = 0; j < nHidden; j += 1) p[j] = logistic(p[j]);
}

/** p(h_j = 1 | v) for cases (one after the other, n_visible numbers each): cases × n_hidden. */
export function hiddenProbabilities(machine, cases) {
  const { nVisible, nHidden } = machine;
  const count = cases.length / nVisible;
  const all = new Float32Array(count * nHidden);
  const p = new Float64Array(nHidden);
  for (let at = 0; at < count; at += 1) {
    hiddenGiven(machine, cases, at * nVisible, p);
    all.set(p, at * nHidden);
  }
  return all;
}
