import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import { compileCollection } from '../encoding/compile-collection.ts';
import { createMemory } from '../encoding/memory.ts';
import type { CollectionMapping, ColumnMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import type { OffendingRow, PostLoadStep } from '../target/target-schema.ts';
import { columnPath } from './column-path.ts';
import { describeId } from './describe-rejection.ts';
import { reachFailPoint } from './fail-point.ts';
import { type SetAsideParts, setAsideDocuments } from './set-aside.ts';

type ForeignKeyStep = PostLoadStep & { kind: 'foreign-key' };

export interface OrphanParts extends SetAsideParts {
  readonly store: CheckpointStore;
  readonly collections: readonly CollectionMapping[];
  readonly runTime: Date;
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
}

/**
 * Applies the `orphans` policies until nothing changes: setting a document aside may leave others without the one that
 * they refer to. Only steps whose referenced collection is loaded may be given.
 */
export async function settleOrphans(parts: OrphanParts, steps: readonly ForeignKeyStep[]): Promise<void> {
  let changed = true;
  while (changed) {
    changed = false;
    for (const step of steps) {
      const collection = parts.collections.find(({ collection: name }) => name === step.collection)!;
      const rows = await parts.schema.findOrphans(collection, step);
      if (rows.length === 0) continue;
      changed = true;
      if (step.column.references!.orphans === 'null') {
        const described = rows.map((row) => ({ ...row, idText: describeId(row.id) }));
        await parts.schema.clearReferences(parts.runId, collection, step, described);
        reachFailPoint('mid-set-aside');
      } else await rejectOrphans(parts, collection, step, rows);
    }
  }
}

async function rejectOrphans(
  parts: OrphanParts,
  collection: CollectionMapping,
  step: ForeignKeyStep,
  rows: readonly OffendingRow[],
): Promise<void> {
  const { table } = step.column.references!;
  const setAside = await rejectedReferences(parts, step);
  const path = columnPath(step.table, step.column.name);
  const isFollower = (row: OffendingRow): boolean =>
    setAside.has(Buffer.from(row.reference!).toString('hex'));
  await setAsideDocuments(parts, collection, rows, (row) =>
    isFollower(row)
      ? {
          code: 'reference-set-aside',
          path,
          reason: `The document of ${table} that it refers to was set aside`,
        }
      : { code: 'reference-missing', path, reason: `There is no document of ${table} that it refers to` },
  );
}

/** The referenced column's values, in hexadecimal binary form, of documents that were set aside. */
async function rejectedReferences(parts: OrphanParts, step: ForeignKeyStep): Promise<Set<string>> {
  const { table, column: name } = step.column.references!;
  const other = parts.collections.find(({ tables }) => tables.some((candidate) => candidate.name === table))!;
  const column = other.tables
    .find((candidate) => candidate.name === table)!
    .columns.find((one) => one.name === name)!;
  const read = columnReader(parts, other, column);
  const values = new Set<string>();
  const filter = { collection: other.collection };
  for await (const rejection of parts.store.rejections(parts.runId, filter, Number.MAX_SAFE_INTEGER)) {
    const value = rejection.document === undefined ? undefined : read(rejection.document);
    if (value !== undefined) values.add(value);
  }
  return values;
}

/** Reads what one column would hold for a document, whatever else is wrong with the document. */
function columnReader(
  parts: OrphanParts,
  collection: CollectionMapping,
  column: ColumnMapping,
): (document: Uint8Array) => string | undefined {
  const table = {
    ...collection.tables[0]!,
    key: [column.name],
    columns: [column],
    rest: undefined,
    unmapped: 'ignore' as const,
  };
  const encoder = compileCollection({
    mapping: { ...collection, tables: [table], idColumn: column.name },
    runTime: parts.runTime,
    transforms: parts.transformsOf(collection),
  });
  return (document) => {
    const input = createMemory(document.length);
    input.bytes.set(document);
    if (encoder.encode(input, 0) !== 'loaded') return undefined;
    const { memory, length, release } = encoder.tables[0]!.buffer.takePage();
    // Two bytes of field count, four of length, then the value.
    const value = memory.bytes.toString('hex', 6, length);
    release();
    return value;
  };
}
