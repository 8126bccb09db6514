// Clouds as ink: a smoothed histogram, the levels that hold a share of the ink, and contour lines.

export const GRID = 64; // as the mismatch has it: the picture shows just what that number measures

/**
 * A cloud's density on a GRID × GRID histogram over [low, high]², smoothed with a Gaussian whose
 * standard deviation is `bandwidth` (a share of the square's side) and cut off at 4 of them. Ink that
 * would leave the square is reflected, so the cells sum to 1. Row 0 is the bottom of the picture.
 */
export function density(cloud, { low, high }, bandwidth) {
  const count = cloud.length / 2;
  const histogram = new Float64Array(GRID * GRID);
  const scale = GRID / (high - low);
  const cell = (value) => Math.min(GRID - 1, Math.max(0, Math.floor((value - low) * scale)));
  for (let point = 0; point < count; point += 1) {
    histogram[cell(cloud[count + point]) * GRID + cell(cloud[point])] += 1 / count;
  }
  const kernel = gaussian(bandwidth * GRID);
  return blurRows(blurRows(histogram, kernel), kernel);
}

function gaussian(sigma) {
  const radius = Math.floor(4 * sigma + 0.5);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, tap) =>
    Math.exp(-0.5 * ((tap - radius) / sigma) ** 2),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

// Smooths along rows and writes the result transposed: twice, and both directions are done.
function blurRows(source, kernel) {
  const radius = (kernel.length - 1) / 2;
  const out = new Float64Array(GRID * GRID);
  const line = new Float64Array(GRID + 2 * radius);
  const from = Array.from(line, (_, place) => reflected(place - radius));
  for (let row = 0; row < GRID; row += 1) {
    for (let place = 0; place < line.length; place += 1)
      line[place] = source[row * GRID + from[place]];
    for (let column = 0; column < GRID; column += 1) {
      const middle = column + radius;
      let sum = kernel[radius] * line[middle];
      for (let tap = 1; tap <= radius; tap += 1) {
        sum += kernel[radius + tap] * (line[middle - tap] + line[middle + tap]);
      }
      out[column * GRID + row] = sum;
    }
  }
  return out;
}

function reflected(place) {
  const period = 2 * GRID;
  const phase = ((place % period) + period) % period;
  return phase < GRID ? phase : period - 1 - phase;
}

/** The largest value of some cells. */
export function highest(cells) {
  let most = -Infinity;
  for (let cell = 0; cell < cells.length; cell += 1) if (cells[cell] > most) most = cells[cell];
  return most;
}

/**
 * For each share, the level above which the cells hold that share of the ink. `most` is the highest
 * cell; ink is counted in 1,024 bins below it, so a level is exact to a thousandth of that.
 */
export function inkLevels(cells, most, shares) {
  const bins = 1024;
  const held = new Float64Array(bins);
  let total = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    held[Math.min(bins - 1, Math.floor((bins * cells[cell]) / most))] += cells[cell];
    total += cells[cell];
  }
  return shares.map((share) => {
    let bin = bins;
    let ink = 0;
    while (bin > 0 && ink < share * total) {
      bin -= 1;
      ink += held[bin];
    }
    return (bin * most) / bins;
  });
}

/**
 * Contour line of a side × side grid at one level, as segments [x0, y0, x1, y1, …] with
 * coordinates from 0 to 1 across the grid (values stand in the middle of their cells). Marching
 * squares: in each square of four neighbours the line joins the edges whose ends lie on both
 * sides of the level, at the place where a straight line between them crosses it.
 */
export function contour(cells, side, level) {
  const segments = [];
  const crossing = (a, b) => (level - a) / (b - a);
  for (let row = 0; row < side - 1; row += 1) {
    for (let column = 0; column < side - 1; column += 1) {
      const place = row * side + column;
      const a = cells[place];
      const b = cells[place + 1];
      const c = cells[place + side + 1];
      const d = cells[place + side];
      const above = (a > level) + (b > level) + (c > level) + (d > level);
      if (above === 0 || above === 4) continue;
      const ends = [];
      if (a > level !== b > level) ends.push(crossing(a, b), 0);
      if (b > level !== c > level) ends.push(1, crossing(b, c));
      if (c > level !== d > level) ends.push(1 - crossing(c, d), 1);
      if (d > level !== a > level) ends.push(0, 1 - crossing(d, a));
      for (let end = 0; end < ends.length; end += 2) {
        segments.push((column + 0.5 + ends[end]) / side, (row + 0.5 + ends[end + 1]) / side);
      }
    }
  }
  return segments;
}
