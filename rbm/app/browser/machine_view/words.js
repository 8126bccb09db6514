// Numbers in words.

/** Three digits, a real minus sign. */
export function number(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? size.toExponential(1) : trimmed(size);
  return value < 0 ? `−${text}` : text;
}

const trimmed = (size) => (size >= 100 ? size.toFixed(0) : String(Number(size.toPrecision(3))));

/** As `number`, with its sign. */
export const signed = (value) => (value > 0 ? `+${number(value)}` : number(value));

export const percent = (share) => `${(100 * share).toFixed(share > 0.1 ? 0 : 1)} %`;

/** Hidden units count from 1, as in the formulas. */
export const unitName = (j) => `h${j + 1}`;

/** "h1, h2, h3 and 5 more". */
export function unitNames(units, most = 6) {
  const named = units.slice(0, most).map(unitName).join(", ");
  return units.length > most ? `${named} and ${units.length - most} more` : named;
}
