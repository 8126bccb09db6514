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

/** The size below which a share of the values lies, to a thousandth of the largest. */
export function sizeBelow(values, share) {
  const most = largest(values);
  if (most === 0) return 0;
  const counts = histogram(values, most, 2001); // of both signs around a middle part
  let left = share * values.length;
  let size = 0;
  for (; size < 1000 && left > 0; size += 1) {
    left -= size === 0 ? counts[1000] : counts[1000 - size] + counts[1000 + size];
  }
  return (most * (2 * size - 1)) / 2001;
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
