import { DocrowError } from '../errors/docrow-error.ts';
import type { ColumnMapping } from '../mapping/mapping.ts';
import { type ColumnWriter, requiredProblem } from './column-writer.ts';
import type { Memory } from './memory.ts';
import type { RowBuffer } from './row-buffer.ts';

/** The row that child rows are made under: the last one in its buffer. */
export interface ParentRow {
  /** Names of the columns, in the order of the fields. */
  readonly columns: readonly string[];
  readonly buffer: RowBuffer;
  /** Where in the buffer the fields of the last row begin, for columns that are copied. Index: column. */
  readonly positions: Int32Array;
}

/** Longer fields are copied by a call, which costs more to begin with. */
const shortField = 64;

function copyField(input: Memory, at: number, length: number, output: Memory, position: number): number {
  if (length > shortField) {
    output.bytes.set(input.bytes.subarray(at, at + length), position);
    return position + length;
  }
  const { view } = input;
  let done = 0;
  for (; done + 4 <= length; done += 4) output.view.setInt32(position + done, view.getInt32(at + done));
  for (; done < length; done++) output.bytes[position + done] = input.bytes[at + done]!;
  return position + length;
}

/**
 * The writer of a `^column`: it copies the field of the parent row. The parent's buffer is asked for its memory each
 * time, because it may have grown.
 * @throws DocrowError `mapping-invalid` when the parent has no such column
 */
export function parentField(column: ColumnMapping, source: string, parent: ParentRow): ColumnWriter {
  const index = parent.columns.indexOf(source);
  if (index < 0) {
    throw new DocrowError(
      'mapping-invalid',
      `Column ${column.name} takes ^${source}, which its parent does not have`,
    );
  }
  const { buffer, positions } = parent;
  const { required } = column;
  return (_state, output, position) => {
    const at = positions[index]!;
    const { memory } = buffer;
    const length = memory.view.getInt32(at);
    if (length < 0 && required) throw requiredProblem();
    return copyField(memory, at, length < 0 ? 4 : length + 4, output, position);
  };
}
