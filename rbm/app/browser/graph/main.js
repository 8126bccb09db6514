// The component's entry: Streamlit calls the default export with every message.

import { Graph } from "./graph.js";
import { Race } from "./race.js";

const mounted = new WeakMap(); // parentElement -> what lives in it, across updates

export default function component({ data, parentElement, setTriggerValue }) {
  let here = mounted.get(parentElement);
  if (!here) {
    // A root left by an older version of these files steps aside.
    parentElement.querySelector(".machine")?.remove();
    const root = document.createElement("div");
    root.className = "machine";
    root.dataset.testid = "machine";
    here = { root, graph: new Graph(), race: null };
    here.lane = document.createElement("div");
    here.lane.className = "lane";
    here.lane.append(here.graph.root);
    root.append(here.lane);
    parentElement.append(root);
    mounted.set(parentElement, here);
  }
  const { graph } = here;
  graph.touch = data.race ? null : (part) => setTriggerValue("touched", part);
  graph.draw(data);
  if (data.race) {
    here.race ||= new Race(graph);
    here.lane.append(here.race.root);
    here.race.receive(data.weights, data.race);
  }
  // Streamlit also calls this when a newer message overtook this one. Only a component whose page
  // has gone is to stop, so that is what decides.
  return () =>
    setTimeout(() => {
      if (here.root.isConnected) return;
      here.race?.stop();
      mounted.delete(parentElement);
    });
}
