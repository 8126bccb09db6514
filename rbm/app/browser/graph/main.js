// The component's entry: Streamlit calls the default export with every message.

import { mounting } from "../shared/mount.js";
import { Graph } from "./graph.js";
import { Race } from "./race.js";

/** A graph to touch, and beside it, once data ask for it, a Gibbs chain that runs on it. */
class Machine {
  constructor() {
    this.root = document.createElement("div");
    this.root.className = "machine";
    this.root.dataset.testid = "machine";
    this.lane = document.createElement("div");
    this.lane.className = "lane";
    this.graph = new Graph();
    this.race = null;
    this.lane.append(this.graph.root);
    this.root.append(this.lane);
  }

  receive(data, trigger) {
    this.graph.touch = data.race ? null : (part) => trigger("touched", part);
    this.graph.draw(data);
    if (!data.race) return;
    this.race ||= new Race(this.graph);
    this.lane.append(this.race.root);
    this.race.receive(data.weights, data.race);
  }

  stop() {
    this.race?.stop();
  }
}

export default mounting(
  ".machine",
  () => new Machine(),
  (machine, data, trigger) => machine.receive(data, trigger),
);
