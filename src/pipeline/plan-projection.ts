import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import { isMapAt } from '../profiling/is-map-at.ts';
import type { PlannedCollection, PlannedTable } from '../report/plan-report.ts';
import type { ExaminedCollection } from './plan-collection.ts';
import { type AddColumn, newFields } from './plan-new-fields.ts';

/** How many times the documents that were read there are in all: 1 unless a sample was taken. */
export function scaleOf({ isSample, estimatedDocuments, tally }: ExaminedCollection): number {
  if (!isSample || estimatedDocuments === undefined || tally.read === 0) return 1;
  return Math.max(1, estimatedDocuments / tally.read);
}

/**
 * What loading a collection would do, projected to all of its documents.
 * @param found how the tables of the target are
 */
export function describeCollection(
  examined: ExaminedCollection,
  addColumn: AddColumn,
  found: readonly PlannedTable[],
): PlannedCollection {
  const { mapping, tally, isSample } = examined;
  const scale = scaleOf(examined);
  const all = (count: number): number => Math.round(count * scale);
  const [loaded, rejected, filtered] = [all(tally.loaded), all(tally.rejected), all(tally.filtered)];
  const projected = <T extends { readonly documents: number }>(group: T): T => ({
    ...group,
    documents: all(group.documents),
  });
  const rows = Object.fromEntries(mapping.tables.map(({ name }) => [name, 0]));
  for (const table of examined.tables) if (table.kind === 'mapped') rows[table.name] = all(table.rows);
  return {
    collection: mapping.collection,
    read: loaded + rejected + filtered,
    loaded,
    rejected,
    filtered,
    examined: tally.read,
    isSample,
    bytes: all(tally.bytes),
    rows,
    rejections: tally.rejections().map(projected),
    adjustments: tally.adjustments().map(projected),
    declaredLosses: examined.losses
      .declaredLosses((keys) => examined.profile !== undefined && isMapAt(examined.profile.root, keys))
      .map(projected),
    newFields: newFields(mapping, tally, examined.profile, addColumn).map(projected),
    afterLoad: [
      ...inTableAlready(mapping, found),
      ...mapping.tables.flatMap((table) => seenLater(mapping, table)),
    ],
  };
}

/** What the rows keep out that a load appends to. */
function inTableAlready({ tables }: CollectionMapping, found: readonly PlannedTable[]): readonly string[] {
  const [{ name, key }] = tables as readonly [TableMapping];
  if (!found.some(({ table, state }) => table === name && state === 'appended')) return [];
  return [
    `Documents whose ${key.join(', ')} is in ${name} already are set aside as duplicate-value; the rows that are there stay as they are`,
  ];
}

/** Constraints that documents stand against together with others, which only the loaded tables can tell. */
function seenLater(mapping: CollectionMapping, table: TableMapping): readonly string[] {
  const isKeyId = table.key.length === 1 && table.key[0] === mapping.idColumn && table.each === undefined;
  const unique = [
    ...(isKeyId || table.each !== undefined ? [] : [table.key]),
    ...table.columns.filter((column) => column.unique).map(({ name }) => [name]),
    ...table.indexes.filter((index) => index.unique).map(({ columns }) => columns),
  ];
  const sentences = unique.map(
    (columns) => `Documents that share ${columns.join(', ')} of ${table.name} are set aside but for one`,
  );
  for (const { name, references, from } of table.columns) {
    if (references === undefined || references.orphans === 'allow') continue;
    // The rows of a child table come with that of their parent.
    if (from[0]?.kind === 'parent' && references.table === table.each?.parent) continue;
    const fate = references.orphans === 'null' ? 'lose that reference' : 'are set aside';
    sentences.push(`Documents whose ${table.name}.${name} leads to no row of ${references.table} ${fate}`);
  }
  return sentences;
}
