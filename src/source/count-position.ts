/** Bytes of such a position. No `{_id: value}` is that short, so that the two can be told apart. */
export const countPositionBytes = 8;

/** A byte offset or a number of documents, as 8 bytes, lowest first. */
export function encodeCountPosition(value: number): Uint8Array {
  const bytes = new Uint8Array(countPositionBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

export function decodeCountPosition(position: Uint8Array): number {
  return Number(
    new DataView(position.buffer, position.byteOffset, position.byteLength).getBigUint64(0, true),
  );
}
