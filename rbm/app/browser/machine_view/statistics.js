// What numbers the panels say: histograms, sizes of updates, which hidden units do nothing.

export const DEAD = 0.05;
export const SATURATED = 0.95;

/** How many values fall into each of `bins` equal parts of [-limit, limit]; the last part holds
 * its upper end, values outside are not counted. */
export function histogram(values, limit, bins) {
  const counts = new Int32Array(bins);
  for (const value of values) {
    const place = Math.floor(((value + limit) / (2 * limit)) * bins);
    if (place >= 0 && place < bins) counts[place] += 1;
    else if (value === limit) counts[bins - 1] += 1;
  }
  return counts;
}

export function largest(values) {
  let most = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > most) most = size;
  }
  return most;
}

export function meanSize(values) {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum / values.length;
}

/** Change of `count` numbers from one frame to a later one, per epoch between them. */
export function changeOf(now, before, count, epochs) {
  const change = new Float32Array(count);
  for (let at = 0; at < count; at += 1) change[at] = (now[at] - before[at]) / epochs;
  return change;
}

/**
 * Of hidden probabilities (cases × n_hidden): how often each unit is on, {mean: n_hidden numbers},
 * and the places of units that are `dead` (never above DEAD) and `saturated` (never below
 * SATURATED).
 */
export function activity(probabilities, nHidden) {
  const count = probabilities.length / nHidden;
  const mean = new Float64Array(nHidden);
  const low = new Float64Array(nHidden).fill(1);
  const high = new Float64Array(nHidden);
  for (let at = 0; at < probabilities.length; at += 1) {
    const j = at % nHidden;
    const p = probabilities[at];
    mean[j] += p / count;
    if (p < low[j]) low[j] = p;
    if (p > high[j]) high[j] = p;
  }
  const units = [...mean.keys()];
  return {
    mean,
    dead: count ? units.filter((j) => high[j] <= DEAD) : [],
    saturated: count ? units.filter((j) => low[j] >= SATURATED) : [],
  };
}
