import { typeSql } from '../mapping/type-sql.ts';
import type { DiskEstimate, TimeEstimate } from '../report/plan-report.ts';
import type { ProbedTable, ProbeTable, TargetProbe } from '../target/target-probe.ts';
import type { EncodedSample, ExaminedCollection } from './plan-collection.ts';

export interface PlannedCosts {
  readonly time: TimeEstimate;
  readonly disk: DiskEstimate;
}

/** A permanent table costs this much more than a temporary one: what goes into it is also written to the log. */
const logFactor = 1.5;

/** The part of the faster of encoding and copying that does not happen beside the other. */
const notOverlapped = 0.3;

/** What a run takes whatever its documents are: to start, to connect, and to make and complete each table. */
const secondsPerRun = 0.3;
const secondsPerTable = 0.04;

/** Where nothing could be timed: COPY bytes that a server takes in a second, and indexes in a second. */
const assumedCopyRate = 40e6;
const assumedIndexRate = 150e6;
/** PostgreSQL's 23 bytes of row header, aligned, its item pointer, and the part of a page that stays free. */
const rowOverhead = 28;
/** A key of an index takes about so much, with its header. */
const assumedIndexEntry = 32;

/** Sums over all tables. */
interface Sums {
  copySeconds: number;
  indexSeconds: number;
  tableBytes: number;
  indexBytes: number;
}

/**
 * Estimates how long a load takes and how much room it needs, from what a sample of the rows cost in temporary tables
 * and from how fast the documents were read and encoded just now.
 * @param probe undefined where there is no target to ask
 * @param scaleOf how many times the documents that were read are there in all
 */
export async function planCosts(
  examined: readonly ExaminedCollection[],
  probe: TargetProbe | undefined,
  workers: number,
  scaleOf: (collection: ExaminedCollection) => number,
): Promise<PlannedCosts> {
  const sums: Sums = { copySeconds: 0, indexSeconds: 0, tableBytes: 0, indexBytes: 0 };
  let encodeSeconds = 0;
  let isTimed = probe !== undefined;
  let sampleRows = 0;
  for (const collection of examined) {
    const scale = scaleOf(collection);
    const { bytes } = collection.tally;
    encodeSeconds += collection.seconds + (bytes * (scale - 1)) / Math.max(1, collection.bytesPerSecond);
    const probed = await probe?.timeRows(collection.tables.map((table) => probeTable(collection, table)));
    if (probed === undefined) isTimed = false;
    for (const [index, table] of collection.tables.entries()) {
      const indexes = indexCount(collection, table);
      sampleRows += table.rows;
      addCosts(sums, table, probed?.[index], scale, indexes);
    }
    for (const { pages } of collection.tables) for (const page of pages) page.release();
  }
  // A worker encodes the next page while the server takes the last one, most of the time.
  const [slower, faster] = [
    Math.max(encodeSeconds, sums.copySeconds),
    Math.min(encodeSeconds, sums.copySeconds),
  ];
  const tables = examined.reduce((sum, collection) => sum + collection.tables.length, 0);
  const fixedSeconds = secondsPerRun + secondsPerTable * tables;
  const loadSeconds = fixedSeconds + (slower + faster * notOverlapped) / workers;
  const basis = isTimed
    ? 'Reading and encoding were timed just now, copying and indexing with a part of the rows in temporary tables'
    : `Reading and encoding were timed just now; for PostgreSQL usual speeds are assumed, since ${probe === undefined ? 'there was none to ask' : 'temporary tables could not be had'}`;
  return {
    time: {
      seconds: loadSeconds + sums.indexSeconds,
      loadSeconds,
      indexSeconds: sums.indexSeconds,
      workers,
      basis: sampleRows === 0 ? 'There are no rows to time' : basis,
    },
    disk: {
      tableBytes: Math.round(sums.tableBytes),
      indexBytes: Math.round(sums.indexBytes),
      basis: isTimed
        ? 'Measured with a part of the rows in temporary tables; each index is taken to be as large as that of the key'
        : 'Computed from the size of the rows',
    },
  };
}

function addCosts(
  sums: Sums,
  { bytes, rows, pages }: EncodedSample,
  probed: ProbedTable | undefined,
  scale: number,
  indexes: number,
): void {
  const sampleBytes = pages.reduce((sum, { length }) => sum + length, 0);
  if (sampleBytes === 0) return;
  if (probed === undefined) {
    sums.copySeconds += (bytes * scale) / assumedCopyRate;
    sums.tableBytes += (bytes + rows * rowOverhead) * scale;
    sums.indexBytes += rows * assumedIndexEntry * scale * indexes;
    sums.indexSeconds += (rows * assumedIndexEntry * scale * indexes) / assumedIndexRate;
    return;
  }
  const times = (bytes / sampleBytes) * scale;
  sums.copySeconds += probed.copySeconds * logFactor * times;
  sums.tableBytes += probed.tableBytes * times;
  sums.indexBytes += probed.indexBytes * times * indexes;
  sums.indexSeconds += probed.indexSeconds * logFactor * times * indexes;
}

/** The key's, those of unique columns, and those that the mapping names. */
function indexCount({ mapping }: ExaminedCollection, { kind, name }: EncodedSample): number {
  const table = mapping.tables.find((one) => kind === 'mapped' && one.name === name);
  if (table === undefined) return 1;
  return 1 + table.columns.filter(({ unique }) => unique).length + table.indexes.length;
}

/** Columns of docrow's own key table, as state.md has them. */
const documentKeyTypes: Readonly<Record<string, string>> = {
  collection: 'text',
  id: 'bytea',
  key: 'bytea',
};

function probeTable(
  { mapping }: ExaminedCollection,
  { kind, name, columns, pages }: EncodedSample,
): ProbeTable {
  const table = mapping.tables.find((one) => kind === 'mapped' && one.name === name);
  if (table === undefined) {
    return {
      columns: columns.map((column) => ({ name: column, type: documentKeyTypes[column] ?? 'bytea' })),
      key: undefined,
      pages: keep(pages),
    };
  }
  const types = new Map(table.columns.map((column) => [column.name, typeSql(column.type)]));
  return {
    columns: columns.map((column) => ({ name: column, type: types.get(column) ?? 'jsonb' })),
    key: table.key,
    pages: keep(pages),
  };
}

/** The pages are released after all of them were copied, not one by one. */
const keep = (pages: EncodedSample['pages']): ProbeTable['pages'] =>
  pages.map(({ memory, length }) => ({ memory, length, release: () => undefined }));
