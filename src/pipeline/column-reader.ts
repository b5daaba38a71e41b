import { compileCollection } from '../encoding/compile-collection.ts';
import { createMemory } from '../encoding/memory.ts';
import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import { parentOf } from './column-path.ts';

/** Reads what one column would hold for a document: a value in hexadecimal binary form for each row that has one. */
export type ColumnReader = (document: Uint8Array) => readonly string[];

/** Makes a reader that takes no offence at whatever else is wrong with the document. */
export function columnReader(
  collection: CollectionMapping,
  table: TableMapping,
  columnName: string,
  runTime: Date,
  transforms: ReadonlyMap<string, Transform>,
): ColumnReader {
  const column = table.columns.find(({ name }) => name === columnName)!;
  const [source] = column.from;
  if (source?.kind === 'parent') {
    return columnReader(collection, parentOf(collection, table)!, source.column, runTime, transforms);
  }
  const bare = (candidate: TableMapping): TableMapping => ({
    ...candidate,
    key: [],
    columns: [],
    rest: undefined,
    unmapped: 'ignore',
    each: candidate.each && { ...candidate.each, parentKey: [], mismatch: 'reject' },
  });
  const tables: TableMapping[] = [{ ...bare(table), key: [column.name], columns: [column] }];
  for (let next = parentOf(collection, table); next !== undefined; next = parentOf(collection, next)) {
    tables.unshift(bare(next));
  }
  const encoder = compileCollection({
    mapping: { ...collection, tables, idColumn: column.name },
    runTime,
    transforms,
  });
  const rows = encoder.tables.at(-1)!.buffer;
  return (document) => {
    const input = createMemory(document.length);
    input.bytes.set(document);
    const isRead = encoder.encode(input, 0) === 'loaded';
    const values = isRead ? valuesOf(rows.memory.bytes, rows.length) : [];
    for (const { buffer } of encoder.tables) buffer.truncate(0);
    return values;
  };
}

/** Takes rows of one field apart: two bytes of field count, four of length (-1 for NULL), then the value. */
function valuesOf(bytes: Buffer, end: number): readonly string[] {
  const values: string[] = [];
  for (let at = 2; at < end; at += 2) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) continue;
    values.push(bytes.toString('hex', at, at + length));
    at += length;
  }
  return values;
}
