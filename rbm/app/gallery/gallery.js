// Thumbnails as radio buttons: arrow keys move, Enter or a click picks.
const SIDE = 54; // pixels of the page, as in gallery.css

function draw(canvas, points, colour) {
  const scale = Math.max(1, globalThis.devicePixelRatio || 1);
  const side = SIDE * scale;
  canvas.width = canvas.height = side;
  const ink = canvas.getContext("2d");
  ink.fillStyle = colour;
  for (let i = 0; i < points.length; i += 2) {
    ink.beginPath();
    ink.arc((points[i] / 100) * side, (1 - points[i + 1] / 100) * side, 0.9 * scale, 0, 7);
    ink.fill();
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const group = parentElement.querySelector("[role=radiogroup]");
  if (group.childElementCount !== data.patterns.length) {
    group.replaceChildren(
      ...data.patterns.map(({ name, label, points }) => {
        const button = document.createElement("button");
        const canvas = document.createElement("canvas");
        button.type = "button";
        button.dataset.name = name;
        button.setAttribute("role", "radio");
        canvas.setAttribute("aria-hidden", "true");
        button.append(canvas, label);
        return button;
      }),
    );
  }
  const buttons = [...group.children];
  const colour = getComputedStyle(group).getPropertyValue("--st-primary-color").trim() || "#0072b2";
  if (group.dataset.colour !== colour) {
    group.dataset.colour = colour;
    buttons.forEach((button, i) => draw(button.firstChild, data.patterns[i].points, colour));
  }
  const selected = buttons.findIndex((button) => button.dataset.name === data.selected);
  buttons.forEach((button, i) => {
    button.setAttribute("aria-checked", String(i === selected));
    button.tabIndex = i === Math.max(selected, 0) ? 0 : -1;
    button.onclick = () => setTriggerValue("pick", button.dataset.name);
  });
  group.onkeydown = (event) => {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = buttons.indexOf(event.target);
    if (!move || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[(at + move + buttons.length) % buttons.length].focus();
  };
}
