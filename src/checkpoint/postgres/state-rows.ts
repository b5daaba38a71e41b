import type { ErrorCode, RejectionCode } from '../../errors/error-codes.ts';
import type { SourceIdentity } from '../../source/document-source.ts';
import type {
  CollectionRecord,
  CollectionStatus,
  RangeRecord,
  RowCounts,
  RunRecord,
  RunStatus,
  StoredRejection,
} from '../checkpoint-store.ts';

type Row = Readonly<Record<string, unknown>>;

const text = (row: Row, column: string): string => String(row[column]);
const count = (row: Row, column: string): number => Number(row[column]);
const bytes = (row: Row, column: string): Uint8Array | undefined =>
  (row[column] as Buffer | null) ?? undefined;
const optionalText = (row: Row, column: string): string | undefined =>
  row[column] === null ? undefined : String(row[column]);
const rowCounts = (row: Row, column: string): RowCounts => row[column] as RowCounts;

/** A row of `docrow.run`. */
export const toRunRecord = (row: Row): RunRecord => ({
  runId: text(row, 'run_id'),
  identity: {
    kind: text(row, 'source_kind') as SourceIdentity['kind'],
    database: text(row, 'source_database'),
    fingerprint: text(row, 'source_fingerprint'),
  },
  schema: text(row, 'target_schema'),
  runTime: row['run_time'] as Date,
  epoch: count(row, 'epoch'),
  status: text(row, 'status') as RunStatus,
  startedAt: row['started_at'] as Date,
  finishedAt: (row['finished_at'] as Date | null) ?? undefined,
  version: text(row, 'docrow_version'),
  cutOverAt: (row['cut_over_at'] as Date | null) ?? undefined,
});

/** A row of `docrow.collection_run`. */
export const toCollectionRecord = (row: Row): CollectionRecord => ({
  collection: text(row, 'collection'),
  fingerprint: text(row, 'mapping_fingerprint'),
  mapping: row['mapping'] as object,
  status: text(row, 'status') as CollectionStatus,
  tables: row['tables'] as string[],
  createdTables: row['created_tables'] as string[],
  rowsBefore: rowCounts(row, 'rows_before'),
  estimatedDocuments: row['estimated_documents'] === null ? undefined : count(row, 'estimated_documents'),
  setAside: count(row, 'set_aside'),
  rowsSetAside: rowCounts(row, 'rows_set_aside'),
  isSynced: row['is_synced'] === true,
  seconds: count(row, 'seconds'),
  errorCode: optionalText(row, 'error_code') as ErrorCode | undefined,
  startedAt: row['started_at'] as Date,
  finishedAt: (row['finished_at'] as Date | null) ?? undefined,
});

/** A row of `docrow.range`. */
export const toRangeRecord = (row: Row): RangeRecord => ({
  collection: text(row, 'collection'),
  rangeNumber: count(row, 'range_number'),
  range: { lower: bytes(row, 'lower_bound'), upper: bytes(row, 'upper_bound') },
  position: bytes(row, 'position'),
  positionText: optionalText(row, 'position_text'),
  isDone: row['is_done'] === true,
  counts: {
    read: count(row, 'read'),
    loaded: count(row, 'loaded'),
    rejected: count(row, 'rejected'),
    filtered: count(row, 'filtered'),
    bytes: count(row, 'bytes'),
  },
  rows: rowCounts(row, 'rows'),
});

/** A row of `docrow.rejection`. */
export const toStoredRejection = (row: Row): StoredRejection => ({
  number: text(row, 'rejection_number'),
  collection: text(row, 'collection'),
  id: bytes(row, 'id'),
  idText: text(row, 'id_text'),
  code: text(row, 'code') as RejectionCode,
  path: text(row, 'path'),
  reason: text(row, 'reason'),
  table: optionalText(row, 'table_name'),
  document: bytes(row, 'document'),
  at: row['rejected_at'] as Date,
});
