// The component's entry: Streamlit calls the default export with every message.

import { feed, mounting } from "../shared/mount.js";
import { LiveView } from "./view.js";

export default mounting(".live-view", () => new LiveView(), feed);
