// The component's entry: Streamlit calls the default export with every message.

import { feed, mounting } from "../shared/mount.js";
import { MachineView } from "./view.js";

export default mounting(".machine-view", () => new MachineView(), feed);
