// The component's entry: Streamlit calls the default export with every message.

import { mounting } from "../shared/mount.js";
import { Board } from "./board.js";

export default mounting(
  ".drawing",
  (data) => new Board(data.most),
  (board, data, trigger) => {
    board.send = (drawn) => trigger("drawn", drawn);
    board.receive(data);
  },
);
