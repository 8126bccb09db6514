// One message of the server: a JSON header, then arrays. Written by `pack_blob` in Python.

const KINDS = { f4: Float32Array, i4: Int32Array };

/**
 * Header and arrays of a message: {header, arrays: {name: {values, shape}}}. Layout: uint32 header
 * length (little-endian), header padded with spaces to a multiple of 8, arrays back to back;
 * offsets count from the first array. The bytes are copied: the message itself may be unaligned.
 */
export function unpackBlob(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(4 + length).buffer;
  const arrays = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const size = shape.reduce((product, length) => product * length, 1);
    arrays[name] = { values: new KINDS[dtype](body, offset, size), shape };
  }
  return { header, arrays };
}
