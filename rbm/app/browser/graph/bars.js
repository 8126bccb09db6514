// Painting the race: a bar for each state, and the distance over the number of samples.

const MOST_BARS = 32;
const PAD = { left: 38, right: 8, top: 20 };

/** Names and heights of the bars: every state in its order, or, when there are too many, the most
 * probable ones and one bar for all others. */
export function barsOf({ p, counts, samples, v, h }, over) {
  const digits = { visible: v.length, hidden: h.length, both: v.length + h.length }[over];
  const nameOf = (state) => {
    const text = state.toString(2).padStart(digits, "0");
    return over === "both" ? `${text.slice(0, v.length)}·${text.slice(v.length)}` : text;
  };
  const share = (state) => (samples ? counts[state] / samples : 0);
  const bar = (state) => ({ name: nameOf(state), exact: p[state], sampled: share(state) });
  const order = p.map((_, state) => state).filter((state) => p[state] > 0); // it reaches no others
  if (order.length <= MOST_BARS) return order.map(bar);
  order.sort((one, other) => p[other] - p[one]);
  const bars = order.slice(0, MOST_BARS - 1).map(bar);
  const rest = order.slice(MOST_BARS - 1);
  const sum = (of) => rest.reduce((total, state) => total + of(state), 0);
  return [...bars, { name: "others", exact: sum((state) => p[state]), sampled: sum(share) }];
}

export function paintBars(canvas, chain, over) {
  const { context, width, height, look } = prepared(canvas);
  const bars = barsOf(chain, over);
  const pitch = (width - PAD.left - PAD.right) / bars.length;
  const longest = Math.max(...bars.map(({ name }) => name.length));
  const upright = pitch > longest * 7 + 4;
  const bottom = upright ? 22 : longest * 6.4 + 12;
  const top = niceTop(Math.max(...bars.map(({ exact, sampled }) => Math.max(exact, sampled))));
  const y = (share) => height - bottom - (share / top) * (height - bottom - PAD.top);
  context.font = "11px sans-serif";
  horizontal(context, look, width, [0, top / 2, top].map((share) => [y(share), share]));
  bars.forEach(({ name, exact, sampled }, at) => {
    const left = PAD.left + at * pitch;
    const wide = Math.max(1, pitch * 0.7);
    context.fillStyle = look.sampled;
    context.fillRect(left + pitch * 0.15, y(sampled), wide, y(0) - y(sampled));
    context.strokeStyle = look.ink;
    context.lineWidth = 1.6;
    context.strokeRect(left + pitch * 0.05, y(exact), pitch * 0.9, y(0) - y(exact));
    context.fillStyle = look.ink;
    context.save();
    context.translate(left + pitch / 2, height - bottom + 6);
    if (upright) {
      context.textAlign = "center";
      context.textBaseline = "top";
    } else {
      context.rotate(-Math.PI / 2);
      context.textAlign = "right";
      context.textBaseline = "middle";
    }
    context.fillText(name, 0, 0);
    context.restore();
  });
  legend(context, look, [["outline", "exact probability"], ["filled", "share of the samples"]]);
  const [likely] = [...bars].sort((one, other) => other.exact - one.exact);
  canvas.setAttribute(
    "aria-label",
    `Bars of ${bars.length} states; most probable: ${likely.name}, ` +
      `${likely.exact.toFixed(3)} exactly and ${likely.sampled.toFixed(3)} of the samples`,
  );
}

export function paintDistance(canvas, notes, chain, { counts, chance }) {
  const { context, width, height, look } = prepared(canvas);
  const decades = Math.max(3, Math.ceil(Math.log10(Math.max(1, chain.samples))));
  const [bottom, lowest] = [34, -3]; // distances from 1 down to 0.001
  const right = width - PAD.right;
  const x = (count) => PAD.left + (Math.log10(count) / decades) * (right - PAD.left);
  const y = (distance) =>
    PAD.top + (Math.max(lowest, Math.log10(distance)) / lowest) * (height - bottom - PAD.top);
  context.font = "11px sans-serif";
  horizontal(context, look, width, [1, 0.1, 0.01, 0.001].map((value) => [y(value), value]));
  context.fillStyle = look.ink;
  context.textBaseline = "top";
  for (let decade = 0; decade <= decades; decade += 1) {
    context.textAlign = decade === decades ? "right" : "center";
    const shown = decade === decades ? x(10 ** decade) + 4 : x(10 ** decade);
    context.fillText((10 ** decade).toLocaleString("en-US"), shown, height - bottom + 5);
  }
  context.textAlign = "center";
  context.fillText("samples", (PAD.left + right) / 2, height - 13);
  const line = (points, colour, dash, thick) => {
    context.beginPath();
    points.forEach(([count, distance]) => context.lineTo(x(count), y(distance)));
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.lineWidth = thick;
    context.stroke();
    context.setLineDash([]);
  };
  context.save();
  context.beginPath();
  context.rect(PAD.left, 0, right - PAD.left, height - bottom);
  context.clip();
  line(counts.map((count, at) => [count, chance[at]]), look.ink, [5, 4], 1.4);
  const now = chain.samples ? [{ samples: chain.samples, distance: chain.distance }] : [];
  line(
    [...notes, ...now].map(({ samples, distance }) => [samples, distance]),
    look.sampled, [], 2.2,
  );
  context.restore();
  legend(context, look, [["solid", "distance of the chain"], ["dashed", "chance alone"]]);
  canvas.setAttribute("aria-label", "Distance from the exact distribution over samples");
}

function prepared(canvas) {
  const density = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * density); // this also wipes it
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  context.scale(density, density);
  const style = getComputedStyle(canvas);
  const look = { ink: style.color, sampled: style.getPropertyValue("--fantasy").trim() };
  return { context, width, height, look };
}

/** The least of 0.1, 0.2, 0.4, 0.6, 0.8, 1 (or a tenth of them) that is not below `share`. */
function niceTop(share) {
  return [0.02, 0.04, 0.06, 0.08, 0.1, 0.2, 0.4, 0.6, 0.8].find((top) => top >= share) ?? 1;
}

function horizontal(context, look, width, rows) {
  context.fillStyle = context.strokeStyle = look.ink;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [y, value] of rows) {
    context.fillText(String(Number(value.toPrecision(3))), PAD.left - 5, y);
    context.globalAlpha = 0.25;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(PAD.left, y);
    context.lineTo(width - PAD.right, y);
    context.stroke();
    context.globalAlpha = 1;
  }
}

function legend(context, look, rows) {
  let left = PAD.left;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const [kind, text] of rows) {
    context.strokeStyle = kind === "solid" ? look.sampled : look.ink;
    context.fillStyle = look.sampled;
    context.lineWidth = kind === "solid" ? 2.2 : 1.5;
    context.setLineDash(kind === "dashed" ? [5, 4] : []);
    if (kind === "filled") context.fillRect(left, 3, 18, 9);
    else if (kind === "outline") context.strokeRect(left + 1, 3, 16, 9);
    else {
      context.beginPath();
      context.moveTo(left, 8);
      context.lineTo(left + 18, 8);
      context.stroke();
    }
    context.setLineDash([]);
    context.fillStyle = look.ink;
    context.fillText(text, left + 23, 8);
    left += 23 + context.measureText(text).width + 16;
  }
}
