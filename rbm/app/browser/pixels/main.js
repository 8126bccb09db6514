// The component's entry: Streamlit calls the default export with every message.

import { Board } from "./board.js";
import { Player } from "./player.js";

const KINDS = { board: Board, player: Player };
const mounted = new WeakMap(); // parentElement -> the board or player in it, across updates

export default function component({ data, parentElement, setTriggerValue }) {
  let here = mounted.get(parentElement);
  if (!here) {
    // A root left by an older version of these files steps aside.
    parentElement.querySelector(".pixels")?.remove();
    here = new KINDS[data.kind]();
    parentElement.append(here.root);
    mounted.set(parentElement, here);
  }
  here.send = (painted) => setTriggerValue("changed", painted);
  here.receive(data);
  // Streamlit also calls this when a newer message overtook this one. Only a component whose page
  // has gone is to stop, so that is what decides.
  return () =>
    setTimeout(() => {
      if (here.root.isConnected) return;
      here.stop();
      mounted.delete(parentElement);
    });
}
