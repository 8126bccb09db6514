// What the two numbers say together.

/** The newest mismatch measured at or before an epoch: {value, epoch}, or null. */
export function mismatchAt(epochs, values, epoch) {
  let place = epochs.length - 1;
  while (place >= 0 && epochs[place] > epoch) place -= 1;
  return place < 0 ? null : { value: values[place], epoch: epochs[place] };
}

/**
 * What error and mismatch say together: {sentence, disagree}. Both are put on the same scale: 0 =
 * fresh data, 1 = uniform noise. The error counts as good below a quarter of the way and as bad
 * above a half, and so does the mismatch; one good and the other bad is a disagreement.
 */
export function verdict(error, mismatch, scores) {
  const floor = scores.error_floor;
  const span = scores.error_uniform - floor;
  if (!Number.isFinite(mismatch) || !(span > 0)) return { sentence: "", disagree: false };
  // Without an error, as where a link begins, there is nothing to disagree with.
  const level = Number.isFinite(error) ? (error - floor) / span : mismatch;
  if (level < 0.25 && mismatch > 0.5) {
    return {
      sentence:
        "They disagree: one pass brings each data point back near to where it was, so the " +
        "error is small, but long chains put their ink in the wrong places. Trust the mismatch.",
      disagree: true,
    };
  }
  if (level > 0.5 && mismatch < 0.25) {
    return {
      sentence:
        "They disagree: noise moves each point far from where it was, so the error is " +
        "large, but the cloud as a whole lies where the data lie. Trust the mismatch.",
      disagree: true,
    };
  }
  if (mismatch < 0.25)
    return { sentence: "The chains' ink lies where the data lie.", disagree: false };
  if (mismatch > 1.05) {
    return {
      sentence: "The chains' ink is further off than uniform noise would be.",
      disagree: false,
    };
  }
  if (mismatch > 0.75) return { sentence: "The data's shape is not learnt yet.", disagree: false };
  return { sentence: "The shape is coming; some ink is still misplaced.", disagree: false };
}
