// The component's entry: Streamlit calls the default export with every message.

import { feed, mounting } from "../shared/mount.js";
import { DuelView } from "./view.js";

export default mounting(".duel-view", () => new DuelView(), feed);
