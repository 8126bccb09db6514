// The component's entry: Streamlit calls the default export with every message.

import { Board } from "./board.js";

const boards = new WeakMap(); // parentElement -> its board, across updates

export default function component({ data, parentElement, setTriggerValue }) {
  let board = boards.get(parentElement);
  if (!board) {
    // A root left by an older version of these files steps aside.
    parentElement.querySelector(".drawing")?.remove();
    board = new Board(data.most);
    parentElement.append(board.root);
    boards.set(parentElement, board);
  }
  board.send = (drawn) => setTriggerValue("drawn", drawn);
  board.receive(data);
  // Streamlit also calls this when a newer message overtook this one. Only a board whose page has
  // gone is to stop, so that is what decides.
  return () =>
    setTimeout(() => {
      if (board.root.isConnected) return;
      board.stop();
      boards.delete(parentElement);
    });
}
