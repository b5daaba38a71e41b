import { rowsOf } from '../../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Difference, TableComparison } from '../../report/validation-report.ts';
import { DocumentsTray } from './documents-tray.ts';
import { findUnseenRows } from './find-unseen-rows.ts';
import type { RowsParts } from './rows-parts.ts';

export interface RowsOutcome {
  /** Documents that were read from the source. */
  readonly documents: number;
  /**
   * Rows of the documents that were compared. What docrow keeps of `_id`s has an entry, `docrow.document_key`, when
   * something is wrong with it. Expected less missing rows are actual less extra ones.
   */
  readonly tables: readonly TableComparison[];
  /** The first 1,000; all of them are counted in `tables`. */
  readonly differences: readonly Difference[];
  readonly truncated: boolean;
  /** What could not be looked at, in whole sentences. */
  readonly notCovered: readonly string[];
}

/** In a file, looking for some documents takes as long as reading all of them. */
const idsPerRead = { mongo: 1_000, dump: 20_000, export: 20_000 } as const;

/**
 * Compares rows with what the documents say, read again and converted by another path than the one that wrote them.
 * @param which `all`: every document of the run's ranges, and then the rows that none of them made; or the `_id`s of
 *   the documents to be compared, where one that is not in the source should have no rows
 * @throws DocrowError `interrupted`, `no-run`, `target-table-differs`, and what source and target report
 */
export async function compareRows(
  parts: RowsParts,
  mapping: CollectionMapping,
  which: 'all' | AsyncIterable<readonly Uint8Array[]>,
): Promise<RowsOutcome> {
  const { store, source, run, signal, onEvent } = parts;
  const { collection } = mapping;
  const record = (await store.collections(run.runId)).find((one) => one.collection === collection);
  if (record === undefined) throw new DocrowError('no-run', `${collection} has not been loaded by this run`);
  await requireTables(parts, mapping);
  const rowsBefore = mapping.tables.map(({ name }) => rowsOf(record.rowsBefore, name));
  const hasRowsBefore = rowsBefore.some((rows) => rows > 0);
  const tray = new DocumentsTray(parts, mapping, { hasRowsBefore, withSeen: which === 'all' });
  try {
    if (which === 'all') {
      for (const { range } of await store.ranges(run.runId, collection)) {
        for await (const batch of source.readRange(collection, range, { signal })) {
          let bytes = 0;
          for (let i = 0; i < batch.count; i++) bytes += batch.view.getInt32(batch.starts[i]!, true);
          const read = batch.count;
          await tray.addBatch(batch);
          onEvent({ kind: 'documents-read', collection, read, bytes });
        }
      }
    } else {
      for await (const ids of regroup(which, idsPerRead[run.identity.kind])) {
        const read = await tray.addIds(ids);
        onEvent({ kind: 'documents-read', collection, read, bytes: 0 });
      }
    }
    await tray.finish();
  } finally {
    await tray.stop();
  }
  const { tally } = tray;
  if (which === 'all') await findUnseenRows(parts, mapping, tally, rowsBefore);
  return {
    documents: tally.documents,
    tables: tally.tables(),
    differences: tally.differences,
    truncated: tally.isTruncated,
    notCovered: hasRowsBefore
      ? [
          `The tables of ${collection} held rows before the load, from which rows that no document made cannot be told`,
        ]
      : [],
  };
}

async function requireTables({ schema }: RowsParts, mapping: CollectionMapping): Promise<void> {
  const { missing } = await schema.inspectTables(mapping, true);
  if (missing.length === 0) return;
  throw new DocrowError('target-table-differs', `There is no table ${missing.join(', ')} any more`, {
    tables: missing.join(', '),
  });
}

/** The same `_id`s in groups of about a size. */
async function* regroup(
  groups: AsyncIterable<readonly Uint8Array[]>,
  size: number,
): AsyncGenerator<readonly Uint8Array[]> {
  let ids: Uint8Array[] = [];
  for await (const group of groups) {
    for (const id of group) {
      ids.push(id);
      if (ids.length < size) continue;
      yield ids;
      ids = [];
    }
  }
  if (ids.length > 0) yield ids;
}
