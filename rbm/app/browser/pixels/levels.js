// Values of pixels, one byte each, as text.

export const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

export const textOf = (bytes) => btoa(String.fromCharCode(...bytes));
