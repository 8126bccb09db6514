// The points of a drawing: in the unit square, y upwards, at most so many.

const GRID = 4095; // steps along each side; what is kept and sent lies on this grid

/** Points that brushes work on; finer than the grid until `settle`, so that small pulls add up. */
export class Cloud {
  constructor(most) {
    this.most = most;
    this.x = new Float64Array(most);
    this.y = new Float64Array(most);
    this.count = 0;
  }

  get full() {
    return this.count === this.most;
  }

  /** Adds a point; what lies outside the square, or no longer fits in, is left out. */
  add(x, y) {
    if (this.full || !(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.count += 1;
  }

  /** Keeps the points for which `test(x, y)` is true, in their order. */
  keep(test) {
    let kept = 0;
    for (let point = 0; point < this.count; point += 1) {
      if (!test(this.x[point], this.y[point])) continue;
      this.x[kept] = this.x[point];
      this.y[kept] = this.y[point];
      kept += 1;
    }
    this.count = kept;
  }

  /** Calls `act(point, distance)` for all points less than `radius` away from (x, y). */
  within(x, y, radius, act) {
    for (let point = 0; point < this.count; point += 1) {
      const distance = Math.hypot(this.x[point] - x, this.y[point] - y);
      if (distance < radius) act(point, distance);
    }
  }

  /** The points as places on the grid, x and y in turn (Uint16Array). */
  places() {
    const places = new Uint16Array(2 * this.count);
    for (let point = 0; point < this.count; point += 1) {
      places[2 * point] = Math.round(this.x[point] * GRID);
      places[2 * point + 1] = Math.round(this.y[point] * GRID);
    }
    return places;
  }

  /** Takes these places over, as many as fit. */
  restore(places) {
    this.count = Math.min(this.most, places.length / 2);
    for (let point = 0; point < this.count; point += 1) {
      this.x[point] = places[2 * point] / GRID;
      this.y[point] = places[2 * point + 1] / GRID;
    }
  }
}

/** Places as text: base64 of little-endian 16-bit numbers. */
export function encode(places) {
  let bytes = "";
  for (const place of places) bytes += String.fromCharCode(place & 255, place >> 8);
  return btoa(bytes);
}

/** The inverse of `encode`. */
export function decode(text) {
  const bytes = atob(text);
  return Uint16Array.from(
    { length: bytes.length / 2 },
    (_, at) => bytes.charCodeAt(2 * at) + 256 * bytes.charCodeAt(2 * at + 1),
  );
}
