import type { CollectionMapping, ColumnMapping, TableMapping } from '../../src/mapping/mapping.ts';
import { columnOf, pathSource } from './plain-conversion.ts';

const field = 'docrow key';

/**
 * A generated mapping with keys that tell its rows apart: the root table's is a number, that of a child table its
 * parent's key and the position.
 */
export function withKeys(mapping: CollectionMapping): CollectionMapping {
  const tables: TableMapping[] = [];
  for (const table of mapping.tables) {
    const parent = tables.find(({ name }) => name === table.each?.parent);
    const own = table.columns.map((column) => ({ ...column, required: false }));
    if (parent === undefined) {
      const id = columnOf('integer', { name: 'root id', from: [pathSource(field)], required: true });
      tables.push({ ...table, key: [id.name], columns: [id, ...table.columns] });
      continue;
    }
    const copies = parent.key.map((name, index): ColumnMapping => {
      const { type } = parent.columns.find((column) => column.name === name)!;
      return columnOf('integer', {
        name: `${table.name} key ${index}`,
        type,
        from: [{ kind: 'parent', column: name }],
        required: true,
      });
    });
    const position = columnOf('integer', {
      name: `${table.name} at`,
      from: [{ kind: 'index' }],
      required: true,
    });
    tables.push({
      ...table,
      each: { ...table.each!, parentKey: copies.map(({ name }) => name) },
      key: [...copies, position].map(({ name }) => name),
      columns: [...copies, position, ...own],
    });
  }
  return { ...mapping, tables, idColumn: 'root id' };
}

/** The document with the number that such a mapping takes for its key. */
export function withKey(document: Buffer, key: number): Buffer {
  const name = Buffer.from(`\x10${field}\0`, 'latin1');
  const number = Buffer.alloc(4);
  number.writeInt32LE(key);
  const keyed = Buffer.concat([document.subarray(0, -1), name, number, Buffer.from([0])]);
  keyed.writeInt32LE(keyed.length);
  return keyed;
}
