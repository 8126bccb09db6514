// How a component stays mounted: one view for each parentElement, across all updates.

import { unpackBlob } from "./blob.js";

/**
 * What a component's main.js exports by default; Streamlit calls it with every message.
 * `selector` finds the view's root; `make(data)` gives a new view {root, stop()}; `update(view,
 * data, trigger)` hands it a message, and the function by which it tells the server something.
 */
export function mounting(selector, make, update) {
  const views = new WeakMap();
  return function component({ data, parentElement, setTriggerValue }) {
    let view = views.get(parentElement);
    if (!view) {
      // A root left by an older version of these files steps aside.
      parentElement.querySelector(selector)?.remove();
      view = make(data);
      parentElement.append(view.root);
      views.set(parentElement, view);
    }
    update(view, data, setTriggerValue);
    // Streamlit also calls this when a newer message overtook this one. Only a view whose page has
    // gone is to stop, so that is what decides.
    return () =>
      setTimeout(() => {
        if (view.root.isConnected) return;
        view.stop();
        views.delete(parentElement);
      });
  };
}

/** `update` of views that are fed with blobs of bytes. */
export function feed(view, data, trigger) {
  view.send = trigger;
  if (data instanceof Uint8Array) view.receive(unpackBlob(data));
}
