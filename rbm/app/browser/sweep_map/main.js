// The component's entry: Streamlit calls the default export with every message.

import { mounting } from "../shared/mount.js";
import { SweepMap } from "./map.js";

export default mounting(
  ".sweep-map",
  () => new SweepMap(),
  (map, data, trigger) => {
    map.tell = trigger;
    map.receive(data);
  },
);
