import { compareIds } from '../../bson/compare-ids.ts';
import type { RangeRecord, RowCounts } from '../../checkpoint/checkpoint-store.ts';
import type { AuditEntry, RangeMove, RefreshRecord } from '../../checkpoint/refresh-record.ts';
import type { ChangedRows, RefreshTransaction } from '../../target/refresh-target.ts';
import { describeId } from '../describe-rejection.ts';
import type { AppliedPart } from './refresh-part.ts';
import type { RefreshOptions, RefreshParts } from './refresh-parts.ts';

/**
 * What is to be recorded about a part, so that the run's own counts stay true.
 *
 * They tell how the run saw each document: loaded, rejected or filtered. A document without a rejection was loaded or
 * filtered as far as the run knows, so that nothing moves when its rows are put right. What moves is what was rejected
 * and is not any more, or the other way round.
 */
export async function refreshRecord(
  parts: RefreshParts,
  transaction: RefreshTransaction,
  applied: Omit<AppliedPart, 'recorded'>,
  { audit, counts }: Pick<RefreshOptions, 'audit' | 'counts'>,
): Promise<RefreshRecord> {
  const { documents, staged, deferred, kept, located } = applied;
  const rejections = [...applied.rejections].filter(([number]) => !deferred.has(number));
  const earlier = located.rejections.filter(({ document }) => !deferred.has(document));
  const hasReferences = parts.mapping.tables.some(({ columns }) =>
    columns.some(({ references }) => references !== undefined),
  );
  const record = {
    settled: [...new Set(earlier.map(({ number }) => number))],
    rejections: rejections.map(([, rejection]) => rejection),
    ids: hasReferences ? documents.flatMap(({ forms }, number) => (kept.has(number) ? [] : forms)) : [],
    audit: auditEntries(applied, audit),
  };
  if (counts === 'leave') return { ...record, setAside: 0, rowsSetAside: {}, moves: [], adjustments: {} };
  const before = new Map<number, number>();
  for (const { document } of earlier) before.set(document, (before.get(document) ?? 0) + 1);
  const loadedAgain = staged.staged.filter((number) => before.has(number));
  const setAsideNow = rejections.flatMap(([number]) => (before.has(number) ? [] : [number]));
  let setAside = rejections.length;
  for (const [, count] of before) setAside -= count;
  return {
    ...record,
    setAside,
    rowsSetAside: rowsMoved(applied.changes, setAsideNow, await transaction.countStaged(loadedAgain)),
    moves: await rangeMoves(parts, applied, before),
    adjustments: adjustmentsOf(applied, loadedAgain),
  };
}

function rowsMoved(
  changes: readonly ChangedRows[],
  setAsideNow: readonly number[],
  loadedAgain: ReadonlyMap<string, number>,
): RowCounts {
  const rows = new Map<string, number>();
  const add = (table: string, count: number): void => {
    rows.set(table, (rows.get(table) ?? 0) + count);
  };
  const isSetAside = new Set(setAsideNow);
  for (const { document, table, kind, rows: count } of changes) {
    if (kind === 'delete' && isSetAside.has(document)) add(table, count);
  }
  for (const [table, count] of loadedAgain) add(table, -count);
  return Object.fromEntries([...rows].filter(([, count]) => count !== 0));
}

/** Documents that were rejected and are filtered now, or gone. */
async function rangeMoves(
  { store, run, mapping }: RefreshParts,
  { documents, staged, rejections }: Omit<AppliedPart, 'recorded'>,
  before: ReadonlyMap<number, number>,
): Promise<readonly RangeMove[]> {
  const moves: RangeMove[] = [];
  let ranges: readonly RangeRecord[] | undefined;
  for (const [number, count] of before) {
    const { id, batch } = documents[number]!;
    const isFiltered = staged.filtered.has(number);
    if (rejections.has(number) || (batch !== undefined && !isFiltered)) continue;
    ranges ??= await store.ranges(run.runId, mapping.collection);
    const rangeNumber = run.identity.kind === 'mongo' ? rangeOf(ranges, id) : 0;
    const read = isFiltered ? 0 : -count;
    moves.push({ rangeNumber, read, loaded: -count, filtered: isFiltered ? count : 0 });
  }
  return moves;
}

/** The range of a server's collection that an `_id` lies in: its bounds are `_id`s. */
function rangeOf(ranges: readonly RangeRecord[], id: Uint8Array): number {
  const found = ranges.find(
    ({ range: { lower, upper } }) =>
      (lower === undefined || compareIds(lower, id) <= 0) &&
      (upper === undefined || compareIds(id, upper) < 0),
  );
  return found?.rangeNumber ?? 0;
}

function adjustmentsOf(
  { staged }: Omit<AppliedPart, 'recorded'>,
  numbers: readonly number[],
): RefreshRecord['adjustments'] {
  const counts = new Map<string, number>();
  for (const number of numbers) {
    for (const key of staged.adjustments.get(number) ?? []) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function auditEntries(
  { documents, changes, cleared }: Omit<AppliedPart, 'recorded'>,
  audit: string | undefined,
): readonly AuditEntry[] {
  const entry = (number: number, action: string, table: string, column?: string): AuditEntry => {
    const { id } = documents[number]!;
    return { action, id, idText: describeId(id), table, column };
  };
  const entries = cleared.map(({ document, table, column }) => entry(document, 'orphan-null', table, column));
  if (audit === undefined) return entries;
  return [
    ...entries,
    ...changes.map(({ document, table, kind }) => entry(document, `${audit}-${kind}`, table)),
  ];
}
