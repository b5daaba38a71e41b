import { valueEnd } from '../bson/value-end.ts';
import type { DocumentState } from './document-state.ts';
import type { Memory } from './memory.ts';
import { writeBytes } from './plain-fields.ts';
import type { RowBuffer } from './row-buffer.ts';
import { ValueProblem } from './value-problem.ts';

const byteaOid = 17;

/** Writes the `_id` of the current document as a field: a BSON document `{_id: value}`. */
function writeIdDocument(state: DocumentState, idSlot: number, output: Memory, position: number): number {
  const type = state.types[idSlot]!;
  if (type === 0) throw new ValueProblem('value-required', 'The document has no _id');
  const { bytes, view } = state.input;
  const at = state.offsets[idSlot]!;
  const size = valueEnd(type, bytes, view, at, bytes.length) - at;
  output.view.setInt32(position, size + 10);
  output.view.setInt32(position + 4, size + 10, true);
  output.bytes[position + 8] = type;
  output.view.setUint32(position + 9, 0x5f696400); // "_id\0"
  output.bytes.set(bytes.subarray(at, at + size), position + 13);
  output.bytes[position + 13 + size] = 0;
  return position + 14 + size;
}

/** The document's row, and where in it the fields of its key are. */
export interface KeyedRow {
  readonly buffer: RowBuffer;
  /** Where each remembered field begins. Index: column. */
  readonly positions: Int32Array;
  /** Indexes of the key columns, in the order of the key. */
  readonly key: readonly number[];
}

/**
 * Writes a row of `docrow.document_key`: collection, `_id`, and the key columns of the row as their binary send form.
 */
export function writeDocumentKey(
  state: DocumentState,
  idSlot: number,
  collection: Memory,
  { buffer, positions, key }: KeyedRow,
  output: Memory,
  position: number,
): number {
  output.view.setInt16(position, 3);
  position = writeBytes(collection, 0, collection.bytes.length, output, position + 2);
  position = writeIdDocument(state, idSlot, output, position);
  const start = position;
  output.view.setInt32(position + 4, 1);
  output.view.setInt32(position + 8, 0);
  output.view.setInt32(position + 12, byteaOid);
  output.view.setInt32(position + 16, key.length);
  output.view.setInt32(position + 20, 1);
  position += 24;
  const { memory } = buffer;
  for (const column of key) {
    const at = positions[column]!;
    const length = memory.view.getInt32(at);
    position = writeBytes(memory, at + 4, at + 4 + length, output, position);
  }
  output.view.setInt32(start, position - start - 4);
  return position;
}
