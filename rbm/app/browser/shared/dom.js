// Building the page: one function that makes an element.

/** An element with attributes (`on…`: listeners, false: left out) and children (nodes or text). */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** Sets an attribute or text only where it differs: unchanged pages cost no layout. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const thousands = (number) => Math.round(number).toLocaleString("en-US");
