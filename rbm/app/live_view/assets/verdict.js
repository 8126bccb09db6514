// What the two numbers say together.

/** The newest mismatch measured at or before an epoch: {value, epoch}, or null. */
export function mismatchAt(epochs, values, epoch) {
  let place = epochs.length - 1;
  while (place >= 0 && epochs[place] > epoch) place -= 1;
  return place < 0 ? null : { value: values[place], epoch: epochs[place] };
}

/**
 * A sentence when reconstruction error and mismatch disagree, otherwise "". Both are put on the
 * same scale: 0 = fresh data, 1 = uniform noise. The error says "good" below a quarter of the way;
 * the mismatch says "bad" above a half (and the other way round).
 */
export function disagreement(error, mismatch, scores) {
  const floor = scores.error_floor;
  const span = scores.error_uniform - floor;
  if (!Number.isFinite(error) || !Number.isFinite(mismatch) || !(span > 0)) return "";
  const level = (error - floor) / span;
  if (level < 0.25 && mismatch > 0.5) {
    return (
      "The two disagree: one pass brings each data point back close to where it was, so the error " +
      "is small, but long chains put their ink in the wrong places. Trust the mismatch."
    );
  }
  if (level > 0.5 && mismatch < 0.25) {
    return (
      "The two disagree: noise moves each point far from where it was, so the error is large, but " +
      "the cloud as a whole lies where the data lie. Trust the mismatch."
    );
  }
  return "";
}
