// Colours: the hues of the two themes, and what a page's own CSS colours are in numbers.

/** Okabe-Ito hues, lightened on dark ground to keep their contrast. */
export const THEMES = {
  light: {
    data: [0, 114, 178],
    reconstruction: [213, 94, 0],
    link: [0, 158, 115],
    height: [90, 90, 110],
  },
  dark: {
    data: [86, 180, 233],
    reconstruction: [240, 130, 50],
    link: [40, 200, 150],
    height: [190, 190, 215],
  },
};

export const rgba = ([r, g, b], alpha = 1) => `rgba(${r}, ${g}, ${b}, ${alpha})`;

const scratch = document.createElement("canvas").getContext("2d");

/** [red, green, blue (0 … 255), opacity (0 … 1)] of a CSS colour; white when it is none. */
export function parsed(css) {
  scratch.fillStyle = "#ffffff";
  scratch.fillStyle = css; // reads back as #rrggbb, or as rgba(r, g, b, a) where it is not opaque
  const text = scratch.fillStyle;
  if (!text.startsWith("#")) return text.match(/[\d.]+/g).map(Number);
  return [...[1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)), 1];
}

/** {ground, ink, dark, theme} for a page with this ground and text colour (CSS colours). */
export function lookOf(ground, ink) {
  const [r, g, b] = parsed(ground);
  const dark = 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
  return { ground, ink, dark, theme: dark ? THEMES.dark : THEMES.light };
}
