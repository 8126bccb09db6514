// What the viewer has chosen to see. Kept for the tab, so a change of page does not lose it.

const STORE = "rbm-machine-view";

/** Each option's choices, the default first. */
const CHOICES = {
  scale: ["common", "clipped", "each"],
  order: ["index", "often"],
  chains: ["36", "16", "64"],
  from: ["noise", "data"],
  steps: ["1", "10", "100"],
  show: ["mean", "v"],
  logCount: [false, true],
  logTime: [false, true],
};

/** The options of this tab; anything missing or strange is the default. */
export function loadOptions() {
  let stored = null;
  try {
    stored = JSON.parse(sessionStorage.getItem(STORE));
  } catch {
    // No storage in this browser, or not ours: the defaults.
  }
  return Object.fromEntries(
    Object.entries(CHOICES).map(([name, choices]) => [
      name,
      choices.includes(stored?.[name]) ? stored[name] : choices[0],
    ]),
  );
}

export function saveOptions(options) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(options));
  } catch {
    // A browser without storage forgets: nothing else to do.
  }
}
