// Making elements, and bytes as text.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export const element = (tag, attributes, ...children) =>
  filled(document.createElement(tag), attributes, children);

export const drawn = (tag, attributes, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

export const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

export const textOf = (bytes) => btoa(String.fromCharCode(...bytes));
