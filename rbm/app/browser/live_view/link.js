// Copying a link to what is shown.

import { element, setText } from "../shared/dom.js";

/** This page's address with the run's settings (`query`) and the epoch shown; weights are of theirs. */
export function linkTo(address, query, epoch) {
  const url = new URL(address);
  url.search = query;
  if (!url.searchParams.has("weights")) url.searchParams.set("epoch", String(epoch));
  url.hash = "";
  return url.href;
}

const PROMISE = "Copy a link that restores all settings and this epoch";

/**
 * {button, note, sync(header)}: the button, and a line that says beforehand what the link cannot
 * carry (the header's `link_note`). `shown()` returns the newest message's header and the epoch shown.
 */
export function buildLink(shown) {
  const note = element("p", { class: "link-note side-note", id: "link-note", hidden: true });
  const button = element(
    "button",
    { type: "button", class: "small", title: PROMISE, "aria-describedby": note.id },
    "Copy link",
  );
  button.addEventListener("click", async () => {
    const [header, epoch] = shown();
    if (!header) return;
    const done = await copy(linkTo(window.location.href, header.link ?? "", epoch ?? 0));
    setText(button, done ? "Copied" : "The browser refuses: copy its address bar");
    setTimeout(() => setText(button, "Copy link"), 2500);
  });
  return {
    button,
    note,
    sync({ link_note: text }) {
      if (note.textContent === text) return;
      note.textContent = text;
      note.hidden = text === "";
      button.title = text === "" ? PROMISE : `${PROMISE}. ${text}`;
    },
  };
}

// Puts text on the clipboard; true when that worked.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https, as in a class room's network, only the old way is open.
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}
