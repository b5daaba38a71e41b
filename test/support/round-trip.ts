import { LossTally } from '../../src/losses/loss-tally.ts';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../../src/mapping/mapping.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import type { BsonTree } from '../../src/validation/documents/bson-tree.ts';
import { documentTree, fieldOf } from '../../src/validation/documents/bson-tree.ts';
import { compareDocument, type RoundTrip } from '../../src/validation/documents/compare-document.ts';
import type { TextRow } from '../../src/validation/documents/rebuild-document.ts';
import { convertDocument } from '../../src/values/convert-document.ts';
import { columnOf, runTime } from './plain-conversion.ts';
import { viewOf } from './raw-bson.ts';

/** Rows per table, which a test may change. */
export type StoredRows = (string | null)[][][];

/**
 * The round trip of one document whose rows are the texts of the plain conversion; undefined when it has none.
 * @param change puts a fault into the rows
 */
export function roundTrip(
  document: Buffer,
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
  change: (rows: StoredRows) => void = () => undefined,
): RoundTrip | undefined {
  const outcome = convertDocument(document, mapping, { runTime, transforms });
  if (outcome.kind === 'rejected') return undefined;
  const rows: StoredRows = outcome.tables.map((table) => table.rows.map((row) => [...row]));
  change(rows);
  return compareDocument(
    document,
    mapping,
    { rows: rows as readonly (readonly TextRow[])[], id: keptId(document, mapping) },
    outcome.tables,
    {
      losses: new LossTally(mapping).lossesOf(document, viewOf(document), 0),
      isCleared: false,
    },
  );
}

/** What `docrow.document_key` has. */
const keptId = (document: Buffer, mapping: CollectionMapping): BsonTree | undefined =>
  mapping.idColumn === undefined ? fieldOf(documentTree(document), '_id') : undefined;

/** A generated mapping with the keys that the checker asks for: `_id`, and in child tables the parent's key and a position. */
export function withKeys(mapping: CollectionMapping, idColumn: boolean): CollectionMapping {
  const tables: TableMapping[] = [];
  for (const table of mapping.tables) {
    const parent = tables.find(({ name }) => name === table.each?.parent);
    // Two tables of one array are not what anybody writes.
    if (table.each !== undefined && parent === undefined) continue;
    if (tables.some(({ each }) => each?.parent === parent?.name && samePath(each?.path, table.each?.path)))
      continue;
    if (table.each === undefined || parent === undefined) {
      const id = columnOf('text', {
        name: 'id',
        from: [{ kind: 'path', path: ['_id'] }],
        convert: 'ejson',
        required: true,
      });
      tables.push({ ...table, key: ['id'], columns: [id, ...table.columns] });
      continue;
    }
    const parentKey = parent.key.map((name, index) => ({
      column: columnOf('integer', {
        name: `p${index}`,
        type: parent.columns.find((column) => column.name === name)!.type,
        from: [{ kind: 'parent', column: name }],
        required: true,
      }),
    }));
    const own: ColumnMapping[] = parentKey.map(({ column }) => column);
    const names = own.map(({ name }) => name);
    tables.push({
      ...table,
      each: { ...table.each, parentKey: names },
      key: [...names, 'position'],
      columns: [...own, ...table.columns.filter(({ name }) => name !== 'parent')],
    });
  }
  return { ...mapping, tables, idColumn: idColumn ? 'id' : undefined };
}

const samePath = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a !== undefined && JSON.stringify(a) === JSON.stringify(b);
