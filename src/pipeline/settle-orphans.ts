import type { CheckpointStore, RejectionRecord } from '../checkpoint/checkpoint-store.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import type { OrphanRow, PostLoadStep } from '../target/target-schema.ts';
import { columnPath } from './column-path.ts';
import { columnReader } from './column-reader.ts';
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
  rows: readonly OrphanRow[],
): Promise<void> {
  const { table } = step.column.references!;
  const setAside = await rejectedReferences(parts, step);
  const path = columnPath(collection, step.table, step.column.name);
  const isFollower = (row: OrphanRow): boolean => setAside.has(Buffer.from(row.reference).toString('hex'));
  await setAsideDocuments(parts, collection, onePerDocument(rows), (row) =>
    isFollower(row)
      ? {
          code: 'reference-set-aside',
          path,
          reason: `The document of ${table} that it refers to was set aside`,
        }
      : { code: 'reference-missing', path, reason: `There is no document of ${table} that it refers to` },
  );
}

/** The first row of each document. */
function onePerDocument(rows: readonly OrphanRow[]): readonly OrphanRow[] {
  const first = new Map<string, OrphanRow>();
  for (const row of rows) if (!first.has(row.locator)) first.set(row.locator, row);
  return [...first.values()];
}

/**
 * The referenced column's values, in hexadecimal binary form, of documents that were set aside.
 * @param more rejections that are not stored yet
 */
export async function rejectedReferences(
  parts: Pick<OrphanParts, 'runId' | 'runTime' | 'collections' | 'transformsOf'> & {
    readonly store: {
      rejections(
        ...parameters: Parameters<CheckpointStore['rejections']>
      ): AsyncIterable<Pick<RejectionRecord, 'document'>>;
    };
  },
  step: ForeignKeyStep,
  more: readonly RejectionRecord[] = [],
): Promise<ReadonlySet<string>> {
  const { table: tableName, column } = step.column.references!;
  const other = parts.collections.find(({ tables }) => tables.some(({ name }) => name === tableName))!;
  const table = other.tables.find(({ name }) => name === tableName)!;
  const read = columnReader(other, table, column, parts.runTime, parts.transformsOf(other));
  const values = new Set<string>();
  const take = ({ document }: Pick<RejectionRecord, 'document'>): void => {
    if (document === undefined) return;
    for (const value of read(document)) values.add(value);
  };
  const filter = { collection: other.collection };
  for await (const rejection of parts.store.rejections(parts.runId, filter, Number.MAX_SAFE_INTEGER)) {
    take(rejection);
  }
  for (const rejection of more) if (rejection.collection === other.collection) take(rejection);
  return values;
}
