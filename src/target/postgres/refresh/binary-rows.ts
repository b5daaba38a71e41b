import type { RowPage } from '../../row-target.ts';

/** A 32-bit number as a field. */
export function numberField(value: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeInt32BE(value);
  return field;
}

/** Rows as COPY BINARY carries them (sql-copy, "Tuples"), from fields in binary form. */
export function binaryRows(rows: readonly (readonly Uint8Array[])[]): RowPage {
  const parts: Uint8Array[] = [];
  for (const fields of rows) {
    const count = Buffer.alloc(2);
    count.writeInt16BE(fields.length);
    parts.push(count);
    for (const field of fields) parts.push(numberField(field.length), field);
  }
  const bytes = Buffer.concat(parts);
  return { memory: { bytes }, length: bytes.length, release: () => undefined };
}
