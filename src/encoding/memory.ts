/**
 * Bytes and a view over the same memory with the same offsets. The encoder reads from one and writes into
 * another; it never builds strings or objects for values that pass through.
 *
 * Writing past the end of an output is allowed and harmless: a DataView throws a RangeError, a typed array
 * ignores the write, and the position that comes back lies beyond the capacity. RowBuffer sees either, grows
 * and encodes the document again. So nothing here has to ask for room, which is what makes it fast.
 */
export interface Memory {
  bytes: Buffer;
  view: DataView;
}

/**
 * A Memory over a buffer. All of them are made here, so that they have one hidden class and the hot code that uses
 * them is compiled for it alone.
 */
export const memoryOf = (bytes: Buffer, view: DataView): Memory => ({ bytes, view });

export function createMemory(capacity: number): Memory {
  const bytes = Buffer.allocUnsafeSlow(capacity);
  return memoryOf(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** A Memory with a copy of some bytes. */
export function copyOf(bytes: Uint8Array): Memory {
  const copy = createMemory(bytes.length);
  copy.bytes.set(bytes);
  return copy;
}

/** For code that reads back what it wrote: stops the document here when part of it lies past the end. */
export function requireRoom(output: Memory, end: number): void {
  if (end > output.bytes.length) throw new RangeError('The row needs a larger buffer');
}

/**
 * Writes one value as a COPY BINARY field: its length in four bytes, then its bytes.
 * @param type BSON type byte of the value
 * @param at offset of the value in `input`; its end was checked by the caller
 * @param position where to write in `output`
 * @returns the position after the field
 * @throws ValueProblem when the column cannot hold the value
 */
export type FieldWriter = (
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
) => number;
