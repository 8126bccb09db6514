// The component's entry: Streamlit calls the default export with every message.

import { unpackBlob } from "../shared/blob.js";
import { MachineView } from "./view.js";

const views = new WeakMap(); // parentElement -> its view, across updates

export default function component({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    // A root left by an older version of these files steps aside.
    parentElement.querySelector(".machine-view")?.remove();
    view = new MachineView();
    parentElement.append(view.root);
    views.set(parentElement, view);
  }
  view.send = setTriggerValue;
  if (data instanceof Uint8Array) view.receive(unpackBlob(data));
  // Streamlit also calls this when a newer message overtook this one. Only a view whose page has
  // gone is to stop, so that is what decides.
  return () =>
    setTimeout(() => {
      if (view.root.isConnected) return;
      view.stop();
      views.delete(parentElement);
    });
}
