// What the viewer has chosen to see. Kept for the tab, so a change of page does not lose it.

/** The layers: what the legend offers, with the mark each is drawn in. */
export const LAYERS = {
  data: { label: "Data", mark: "data", on: true, title: "The points the machine learns from" },
  dataInk: {
    label: "Data density",
    mark: "data-ink",
    on: true,
    title: "The data, smoothed with a Gaussian",
  },
  reconstructions: {
    label: "Reconstruction",
    mark: "reconstruction",
    on: true,
    title: "Where the probes end after the passes",
  },
  reconstructionInk: {
    label: "Reconstruction density",
    mark: "reconstruction-ink",
    on: true,
    title: "The reconstruction, smoothed; the lines hold 50 % and 90 % of its ink",
  },
  links: {
    label: "Links",
    mark: "link",
    on: false,
    title: "From each probe to its reconstruction",
  },
  landscape: {
    label: "Landscape",
    mark: "landscape",
    on: false,
    title: "F(v): noise-free passes never climb it; dark is low",
  },
  attractors: {
    label: "Attractors",
    mark: "attractor",
    on: false,
    title: "Where noise-free passes end, with the share of starts that end there",
  },
  hiddenLines: {
    label: "Hidden units",
    mark: "hidden",
    on: false,
    title: "Where each hidden unit is half on; its band is 1/(A·|W|) wide",
  },
};

/** Where the passes start. */
export const PROBES = [
  ["uniform", "Uniform noise"],
  ["data", "The data"],
  ["clicks", "My points"],
];

/** How strong the noise of the passes is, as a multiple of the machine's own. */
export const NOISE = [
  ["0", "off"],
  ["0.5", "× ½"],
  ["1", "× 1"],
  ["2", "× 2"],
];

/** The picture in one or two sentences; `count` chains are shown. */
export function describe({ layers, probes, passes, noise }, count) {
  const from = { uniform: "uniform noise", data: "the data", clicks: "your points" }[probes];
  const kind = noise === 0 ? "noise-free" : "noisy";
  const many = (number, one, more) => `${number} ${number === 1 ? one : more}`;
  const chains = `${many(count, "chain", "chains")} from ${from}, after ${many(
    passes,
    `${kind} pass`,
    `${kind} passes`,
  )}.`;
  if (probes === "clicks" || !layers.dataInk || !layers.reconstructionInk) return chains;
  return `${chains} Grey ink lies where it belongs; blue is missing, vermillion is misplaced.`;
}

const STORE = "rbm-live-view";

const defaults = () => ({
  layers: Object.fromEntries(Object.entries(LAYERS).map(([name, { on }]) => [name, on])),
  probes: "uniform",
  passes: 20,
  noise: 1,
  bandwidth: 0.03,
  logTime: false,
});

/** The options of this tab; anything missing or strange is the default. */
export function loadOptions() {
  const options = defaults();
  let stored;
  try {
    stored = JSON.parse(sessionStorage.getItem(STORE)) ?? {};
  } catch {
    return options; // no storage in this browser, or not ours
  }
  for (const name of Object.keys(LAYERS)) {
    if (typeof stored.layers?.[name] === "boolean") options.layers[name] = stored.layers[name];
  }
  const offered = (choices, value) => choices.some(([name]) => name === String(value));
  if (offered(PROBES, stored.probes)) options.probes = stored.probes;
  if (offered(NOISE, stored.noise)) options.noise = Number(stored.noise);
  if (stored.passes >= 1 && stored.passes <= 100) options.passes = Math.round(stored.passes);
  if (stored.bandwidth >= 0.005 && stored.bandwidth <= 0.1) options.bandwidth = stored.bandwidth;
  options.logTime = stored.logTime === true;
  return options;
}

export function saveOptions(options) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(options));
  } catch {
    // A browser without storage forgets: nothing else to do.
  }
}
