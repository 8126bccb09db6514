// The component's entry: Streamlit calls the default export with every message.

import { mounting } from "../shared/mount.js";
import { Board } from "./board.js";
import { Player } from "./player.js";

const KINDS = { board: Board, player: Player };

export default mounting(
  ".pixels",
  (data) => new KINDS[data.kind](),
  (view, data, trigger) => {
    view.send = (painted) => trigger("changed", painted);
    view.receive(data);
  },
);
