// The machine as a bipartite graph: hidden units above, visible ones below, a line for each weight.

const RADIUS = 19;
const PITCH = 58; // between the centres of two units
const ROWS = { h: 62, v: 218 }; // heights of the two layers' centres
const HEIGHT = 280;
const LINE = 14; // from one line of a name to the next
const LETTERS = 10; // of a name in one line
const ROOMY = 8; // up to so many letters fit as they are; more are squeezed

/** A name in at most two lines, broken between words where that helps. */
function linesOf(name) {
  if (name.length <= LETTERS) return [name];
  const space = name.slice(0, LETTERS + 1).lastIndexOf(" ");
  const first = space > 0 ? name.slice(0, space) : name.slice(0, LETTERS);
  const rest = name.slice(first.length).trim();
  return [first, rest.length > LETTERS ? `${rest.slice(0, LETTERS - 1)}…` : rest];
}

/** The lines beside a unit: its name and a note, together where both are short. */
function labelOf(name, note) {
  if (!note) return linesOf(name);
  return name.length <= 3 ? [`${name} ${note}`] : [...linesOf(name), note];
}

const number = (value) => String(Math.round(value * 1000) / 1000).replace("-", "−");

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export class Graph {
  constructor() {
    this.touch = null; // called with {kind, i, j}; null: the graph is only looked at
    this.root = svg("svg", { class: "graph", role: "group" });
    this.root.addEventListener("click", (event) => this.#act(event));
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation(); // the page may have shortcuts of its own
      this.#act(event);
    });
  }

  /** Draws a message of the server; the part that has the focus keeps it. */
  draw({ weights, v, h, names, held, selected, notes }) {
    this.names = names;
    this.held = held;
    const labels = { v: [], h: [] };
    for (const layer of ["v", "h"]) {
      labels[layer] = names[layer].map((name, at) => labelOf(name, notes[layer][at]));
    }
    const [above, below] = ["h", "v"].map((layer) => // room for names of more than one line
      LINE * (Math.max(...labels[layer].map((lines) => lines.length)) - 1));
    const focused = this.root.getRootNode().activeElement?.dataset?.part;
    const [nVisible, nHidden] = [weights.length, weights[0].length];
    const width = Math.max(nVisible, nHidden, 3) * PITCH + 16;
    this.root.classList.toggle("still", !this.touch);
    this.root.setAttribute("viewBox", `0 ${-above} ${width} ${HEIGHT + above + below}`);
    this.root.style.maxWidth = `${width * 1.5}px`;
    this.root.setAttribute("aria-label", `${nVisible} visible and ${nHidden} hidden units`);
    const across = (index, count) => (width - (count - 1) * PITCH) / 2 + index * PITCH;
    this.places = {
      v: weights.map((_, index) => across(index, nVisible)),
      h: weights[0].map((_, index) => across(index, nHidden)),
    };
    const largest = Math.max(1, ...weights.flat().map(Math.abs));
    this.lines = weights.flatMap((row, i) =>
      row.map((weight, j) => this.#line(i, j, weight, largest, selected)),
    );
    this.units = { v: [], h: [] };
    const units = Object.entries({ h: nHidden, v: nVisible }).flatMap(([layer, count]) =>
      Array.from({ length: count }, (_, at) => this.#unit(layer, at, selected, labels[layer][at])),
    );
    const titles = [["hidden", 14 - above], ["visible", HEIGHT - 6 + below]].map(([text, y]) =>
      svg("text", { class: "layer", x: width / 2, y }, `${text} units`),
    );
    this.root.replaceChildren(...titles, ...this.lines.map(({ group }) => group), ...units);
    // Numbers of weights lie over everything else.
    this.root.append(...this.lines.flatMap(({ label }) => (label ? [label] : [])));
    this.setStates("v", v);
    this.setStates("h", h);
    if (focused) this.root.querySelector(`[data-part="${focused}"]`)?.focus();
  }

  /** Shows states of one layer: [{fill, text}], or null while it has none. Lines between two units
   * that are on are the ones that count in energies and products, so they stand out. */
  setStates(layer, states) {
    this.units[layer].forEach(({ group, disc, text }, index) => {
      const state = states?.[index];
      disc.style.fillOpacity = state ? state.fill : 0;
      group.classList.toggle("full", Boolean(state && state.fill > 0.5));
      group.classList.toggle("solid", Boolean(state && state.fill > 0.8));
      group.classList.toggle("unknown", !state);
      text.textContent = state ? state.text : "?";
      const known = layer === "v" && this.held[index] ? ", known" : "";
      const says = `${this.names[layer][index]}: ${state ? state.text : "unknown"}${known}`;
      group.setAttribute("aria-label", says);
    });
    const isOn = ({ group }) => group.classList.contains("full");
    for (const { group, i, j } of this.lines) {
      group.classList.toggle("active", isOn(this.units.v[i]) && isOn(this.units.h[j]));
    }
  }

  #line(i, j, weight, largest, selected) {
    const [x1, y1, x2, y2] = [this.places.v[i], ROWS.v - RADIUS, this.places.h[j], ROWS.h + RADIUS];
    const isSelected = selected?.kind === "w" && selected.i === i && selected.j === j;
    const ofSelected =
      (selected?.kind === "v" && selected.i === i) || (selected?.kind === "h" && selected.j === j);
    const says = `weight ${this.names.v[i]} ${this.names.h[j]}: ${number(weight)}`;
    const ends = { x1, y1, x2, y2 };
    const group = svg(
      "g",
      { class: "line", "data-part": `w${i}-${j}` },
      svg("title", {}, says),
      svg("line", { class: "hit", ...ends }),
      svg("line", { class: "ink", ...ends, "stroke-width": 0.8 + (5 * Math.abs(weight)) / largest }),
    );
    group.classList.toggle("negative", weight < 0);
    group.classList.toggle("none", weight === 0);
    group.classList.toggle("selected", isSelected);
    group.classList.toggle("beside", ofSelected);
    // Tab goes through the units, and from a selected unit through its lines.
    if (this.touch && (ofSelected || isSelected)) {
      Object.entries({ tabindex: 0, role: "button", "aria-label": says }).forEach(([name, value]) =>
        group.setAttribute(name, value),
      );
    }
    if (!isSelected && !ofSelected) return { group, i, j, label: null };
    // Numbers stand nearer to the other end, where the lines of one unit are apart.
    const share = selected.kind === "v" ? 0.72 : selected.kind === "h" ? 0.28 : 0.5;
    const [x, y] = [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
    return { group, i, j, label: svg("text", { class: "weight", x, y }, number(weight)) };
  }

  #unit(layer, index, selected, label) {
    const [x, y] = [this.places[layer][index], ROWS[layer]];
    const out = layer === "h" ? -1 : 1; // away from the lines
    const disc = svg("circle", { class: "disc", cx: x, cy: y, r: RADIUS });
    const text = svg("text", { class: "state", x, y });
    const name = label.map((line, at) => {
      const lines = layer === "h" ? at - label.length + 1 : at;
      const place = { class: "name", x, y: y + out * (RADIUS + 11) + lines * LINE };
      const squeezed = { textLength: PITCH - 3, lengthAdjust: "spacingAndGlyphs" };
      return svg("text", line.length > ROOMY ? { ...place, ...squeezed } : place, line);
    });
    const isHeld = layer === "v" && this.held[index];
    const group = svg(
      "g",
      { class: `unit ${layer}`, "data-part": `${layer}${index}` },
      svg("circle", { class: "ground", cx: x, cy: y, r: RADIUS }),
      disc,
      text,
      svg("title", {}, this.names[layer][index]),
      ...(isHeld ? [svg("circle", { class: "ring", cx: x, cy: y, r: RADIUS + 4.5 })] : []),
      ...name,
    );
    const isSelected =
      selected?.kind === layer && (layer === "v" ? selected.i : selected.j) === index;
    group.classList.toggle("selected", isSelected);
    if (this.touch) {
      group.setAttribute("tabindex", 0);
      group.setAttribute("role", "button");
    }
    this.units[layer].push({ group, disc, text });
    return group;
  }

  #act(event) {
    const part = event.target.closest("[data-part]")?.dataset.part;
    if (!part || !this.touch) return;
    const [i, j = 0] = part.slice(1).split("-").map(Number);
    if (part[0] === "h") this.touch({ kind: "h", i: 0, j: i });
    else this.touch({ kind: part[0], i, j });
  }
}
