// Noise with an address: the normal number that belongs to (half-pass, unit, point).
//
// A number that depends on nothing but its address needs no generator state, and it is the same at
// every epoch: while the weights change slowly, each reconstruction moves slowly too, instead of
// jumping about with fresh noise in every picture.
//
// The address is scrambled by the 32-bit finaliser of MurmurHash3 (every input bit flips every
// output bit with probability 1/2). The upper 16 bits pick a row of a table of the inverse normal
// distribution function, taken at the middle of 65,536 equal shares of probability. So the table's
// distribution function is off by at most 2^-17, its variance is 2.1e-5 too small, and the largest
// number is 4.32: enough for a picture, and one look-up a number.

const SHARES = 65536;

// P. J. Acklam's rational approximation of the inverse normal distribution function: the central
// part in powers of (p - 1/2), the tails in powers of sqrt(-2 ln p). Relative error below 1.2e-9.
const CENTRE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
  -3.066479806614716e1, 2.506628277459239,
];
const CENTRE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
  -1.328068155288572e1, 1,
];
const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
];
const TAIL_BOTTOM = [
  7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1,
];

const polynomial = (coefficients, x) => coefficients.reduce((sum, c) => sum * x + c, 0);

/** The number below which a standard normal falls with probability p, 0 < p < 1. */
export function inverseNormal(p) {
  if (p > 0.5) return -inverseNormal(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_TOP, q) / polynomial(TAIL_BOTTOM, q);
  }
  const q = p - 0.5;
  return (q * polynomial(CENTRE_TOP, q * q)) / polynomial(CENTRE_BOTTOM, q * q);
}

const TABLE = Float32Array.from({ length: SHARES }, (_, share) =>
  inverseNormal((share + 0.5) / SHARES),
);

function scramble(bits) {
  bits ^= bits >>> 16;
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

const rowKey = (halfPass, unit) =>
  scramble(scramble(halfPass + 0x3c6ef372) ^ Math.imul(unit + 1, 0x27d4eb2f));

/** Standard normal numbers of one unit in one half-pass, for points 0 … count - 1. */
export function normals(halfPass, unit, count) {
  const key = rowKey(halfPass, unit);
  const row = new Float32Array(count);
  for (let point = 0; point < count; point += 1) {
    row[point] = TABLE[scramble(Math.imul(point + 1, 0x9e3779b1) ^ key) >>> 16];
  }
  return row;
}

/** Uniform numbers in (0, 1) of one unit, for points 0 … count - 1: the uniform probes. */
export function uniforms(unit, count) {
  const key = rowKey(-1, unit);
  return Float64Array.from(
    { length: count },
    (_, point) => ((scramble(Math.imul(point + 1, 0x9e3779b1) ^ key) >>> 0) + 0.5) / 2 ** 32,
  );
}

/** A memory of `normals` for one number of points: every picture asks for the same rows again. */
export class NoiseRows {
  constructor(count) {
    this.count = count;
    this.rows = new Map();
  }

  row(halfPass, unit) {
    const address = halfPass * 4096 + unit;
    let row = this.rows.get(address);
    if (row === undefined) {
      row = normals(halfPass, unit, this.count);
      this.rows.set(address, row);
    }
    return row;
  }
}
