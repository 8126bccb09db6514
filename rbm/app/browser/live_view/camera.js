// The camera: which part of the square is in the picture. Wheel and pinch zoom, drag pans.

const MARGINS = { left: 32, right: 8, top: 8, bottom: 20 }; // pixels, for the axes' numbers
const CLOSEST = 40; // strongest magnification
const SLOP = 5; // pixels a pointer may move and still count as a click

/** Maps data units to canvas pixels (CSS pixels, y downwards) and back. */
export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.low = 0;
    this.high = 1;
    this.fit();
  }

  /** The same part of the square on a canvas of another size, as a camera of its own. */
  sized(width, height) {
    return Object.assign(new Camera(), this, { width, height });
  }

  get fits() {
    return this.zoom === 1;
  }

  fit() {
    this.zoom = 1;
    this.middleX = 0.5; // of the range
    this.middleY = 0.5;
  }

  /** The part of the canvas inside the margins: {left, top, width, height} in CSS pixels. */
  get box() {
    return {
      left: MARGINS.left,
      top: MARGINS.top,
      width: Math.max(1, this.width - MARGINS.left - MARGINS.right),
      height: Math.max(1, this.height - MARGINS.top - MARGINS.bottom),
    };
  }

  /** CSS pixels per unit of data. */
  get scale() {
    const { width, height } = this.box;
    return (Math.min(width, height) * this.zoom) / (this.high - this.low);
  }

  /** Canvas position and value of the camera's middle, on both axes. */
  get middle() {
    const { left, top, width, height } = this.box;
    const range = this.high - this.low;
    return {
      pixelX: left + width / 2,
      pixelY: top + height / 2,
      x: this.low + this.middleX * range,
      y: this.low + this.middleY * range,
    };
  }

  x(value) {
    const { pixelX, x } = this.middle;
    return pixelX + (value - x) * this.scale;
  }

  y(value) {
    const { pixelY, y } = this.middle;
    return pixelY - (value - y) * this.scale;
  }

  valueAt(left, top) {
    const { pixelX, pixelY, x, y } = this.middle;
    return [x + (left - pixelX) / this.scale, y - (top - pixelY) / this.scale];
  }

  pan(pixelsX, pixelsY) {
    const perRange = this.scale * (this.high - this.low);
    this.middleX = within(this.middleX - pixelsX / perRange);
    this.middleY = within(this.middleY + pixelsY / perRange);
  }

  /** Zooms by a factor while the value under the pixel stays where it is. */
  zoomAt(pixelX, pixelY, factor) {
    const [x, y] = this.valueAt(pixelX, pixelY);
    this.zoom = Math.min(CLOSEST, Math.max(1, this.zoom * factor));
    if (this.zoom === 1) this.fit();
    else this.pan(pixelX - this.x(x), pixelY - this.y(y));
  }
}

const within = (share) => Math.min(1, Math.max(0, share));

/**
 * Lets wheel and pointers move the camera: `moved()` after each change, `clicked(x, y)` in data
 * units for a press that did not move. At full view the wheel zooms in only, and a finger's
 * vertical swipe is left to the page, so nobody gets stuck in the picture while scrolling.
 */
export function steer(canvas, camera, moved, clicked) {
  const pointers = new Map();
  let travelled = 0;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const changed = () => {
    canvas.style.touchAction = camera.fits ? "pan-y" : "none";
    moved();
  };
  canvas.style.touchAction = "pan-y";
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (camera.fits && event.deltaY > 0 && !event.ctrlKey) return;
      event.preventDefault();
      camera.zoomAt(...place(event), Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)));
      changed();
    },
    { passive: false },
  );
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const old = pointers.get(event.pointerId);
    if (!old) return;
    const now = place(event);
    travelled += Math.hypot(now[0] - old[0], now[1] - old[1]);
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const apart = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]);
      camera.zoomAt(
        (now[0] + other[0]) / 2,
        (now[1] + other[1]) / 2,
        apart(now) / Math.max(1, apart(old)),
      );
      camera.pan((now[0] - old[0]) / 2, (now[1] - old[1]) / 2);
      changed();
    } else if (travelled > SLOP && !camera.fits) {
      camera.pan(now[0] - old[0], now[1] - old[1]);
      changed();
    }
    pointers.set(event.pointerId, now);
  });
  const ended = (event) => {
    const single = pointers.size === 1 && pointers.delete(event.pointerId);
    pointers.delete(event.pointerId);
    if (event.type === "pointerup" && single && travelled <= SLOP) {
      clicked(...camera.valueAt(...place(event)));
    }
  };
  canvas.addEventListener("pointerup", ended);
  canvas.addEventListener("pointercancel", ended);
}
