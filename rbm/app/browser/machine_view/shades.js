// Shades: the colours of numbers.

const STEPS = 512;

const STOPS = {
  // Okabe-Ito blue and vermillion on either side of the ground: told apart by everybody.
  signed: {
    light: [[213, 94, 0], [255, 255, 255], [0, 114, 178]],
    dark: [[240, 130, 50], [24, 27, 34], [86, 180, 233]],
  },
  share: {
    light: [[255, 255, 255], [25, 28, 36]],
    dark: [[10, 12, 16], [240, 242, 246]],
  },
}; // prettier-ignore

const GAP = { light: "rgb(216, 220, 228)", dark: "rgb(52, 57, 68)" }; // between images

/** The shades "signed" (from -1 over 0 to 1) and "share" (from 0 to 1) of a light or dark page. */
export function shadesFor(dark) {
  const theme = dark ? "dark" : "light";
  return {
    signed: shade(STOPS.signed[theme], GAP[theme]),
    share: shade(STOPS.share[theme], GAP[theme]),
  };
}

// Colours as ImageData holds them, four bytes in a whole number, lowest byte first; and as CSS.
function shade(stops, gap) {
  const table = new Uint32Array(STEPS);
  for (let step = 0; step < STEPS; step += 1) {
    const place = (step / (STEPS - 1)) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(place));
    const [r, g, b] = stops[below].map((part, at) =>
      Math.round(part + (place - below) * (stops[below + 1][at] - part)),
    );
    table[step] = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
  }
  const css = `linear-gradient(90deg, ${stops.map((stop) => `rgb(${stop})`).join(", ")})`;
  return { table, css, gap };
}

/** The colour of a value between `low` and `high`; beyond them, of the nearer end. */
export function colourOf({ table }, value, low, high) {
  const step = Math.floor(((value - low) / (high - low)) * STEPS);
  return table[step > 0 ? Math.min(step, STEPS - 1) : 0];
}
