import { DocrowError } from '../../errors/docrow-error.ts';
import type { ChunkRecord, RangeWriter, RejectionRecord, RowCounts } from '../checkpoint-store.ts';

/** Runs one statement on the connection that holds the chunk's transaction. */
export type RunSql = (
  sql: string,
  parameters: readonly unknown[],
) => Promise<{ readonly rowCount: number | null }>;

const fenced = (writer: RangeWriter): DocrowError =>
  new DocrowError('run-fenced', 'Another process has taken over this range', {
    collection: writer.collection,
    range: writer.rangeNumber,
  });

/** SQL that adds the counts of a parameter to those that stand in a jsonb column. */
export const addedCounts = (column: string, parameter: string): string => `(
  select coalesce(jsonb_object_agg(key, amount), '{}')
  from (
    select key, sum(value::bigint) as amount
    from (
      select * from pg_catalog.jsonb_each_text(${column})
      union all
      select * from pg_catalog.jsonb_each_text(${parameter}::jsonb)
    ) both_sides (key, value)
    group by key
  ) summed
)`;

/**
 * Records a chunk in the transaction that wrote its rows: its rejections, and the range's checkpoint.
 * @param rows that the target took, by table
 * @param after position that the checkpoint stands at now; another one means that another writer was here
 * @throws DocrowError `run-fenced`
 */
export async function saveChunk(
  run: RunSql,
  writer: RangeWriter,
  record: ChunkRecord,
  rows: RowCounts,
  after: Uint8Array | undefined,
): Promise<void> {
  if (record.rejections.length > 0) await saveRejections(run, writer.runId, record.rejections);
  const { counts } = record;
  // The line of docrow.chunk rides along: when and how fast this was, for the run's report.
  const { rowCount } = await run(
    `with saved as (
      update docrow.range set
        position = $5, position_text = $6,
        read = read + $7, loaded = loaded + $8, rejected = rejected + $9, filtered = filtered + $10,
        bytes = bytes + $11, adjustments = ${addedCounts('adjustments', '$12')}, rows = ${addedCounts('rows', '$14')},
        updated_at = now()
      where run_id = $1 and collection = $2 and range_number = $3 and position is not distinct from $13 and not is_done
        and exists (select from docrow.run where run.run_id = $1 and run.epoch = $4)
      returning run_id, collection
    )
    insert into docrow.chunk (run_id, collection, epoch, documents, bytes, started_at, committed_at)
    select run_id, collection, $4, $7, $11, now(), pg_catalog.clock_timestamp() from saved`,
    [
      writer.runId,
      writer.collection,
      writer.rangeNumber,
      writer.epoch,
      toBuffer(record.position),
      record.positionText,
      counts.read,
      counts.loaded,
      counts.rejected,
      counts.filtered,
      counts.bytes,
      JSON.stringify(record.adjustments),
      after === undefined ? null : toBuffer(after),
      JSON.stringify(rows),
    ],
  );
  if (rowCount !== 1) throw fenced(writer);
}

/** Marks a range as read to its end. @throws DocrowError `run-fenced` */
export async function saveRangeEnd(run: RunSql, writer: RangeWriter): Promise<void> {
  const { rowCount } = await run(
    `update docrow.range set is_done = true, updated_at = now()
    where run_id = $1 and collection = $2 and range_number = $3
      and exists (select from docrow.run where run.run_id = $1 and run.epoch = $4)`,
    [writer.runId, writer.collection, writer.rangeNumber, writer.epoch],
  );
  if (rowCount !== 1) throw fenced(writer);
}

/**
 * Moves documents of a collection from loaded to set aside, in the transaction that takes their rows out of the tables.
 * @param rows that are fewer now, by table
 */
export async function saveSetAside(
  run: RunSql,
  runId: string,
  collection: string,
  rejections: readonly RejectionRecord[],
  rows: RowCounts,
): Promise<void> {
  await saveRejections(run, runId, rejections);
  await run(
    `update docrow.collection_run
    set set_aside = set_aside + $3, rows_set_aside = ${addedCounts('rows_set_aside', '$4')}
    where run_id = $1 and collection = $2`,
    [runId, collection, rejections.length, JSON.stringify(rows)],
  );
}

/** Documents go as text in hexadecimal, and a statement has to stay far below the 512 MB of a JavaScript string. */
const bytesPerStatement = 16 * 1024 * 1024;
const rejectionsPerStatement = 500;

/** Splits rejections into parts for one statement each. */
function* splitRejections(rejections: readonly RejectionRecord[]): Iterable<readonly RejectionRecord[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, { document }] of rejections.entries()) {
    bytes += document?.length ?? 0;
    if (index - start + 1 < rejectionsPerStatement && bytes < bytesPerStatement) continue;
    yield rejections.slice(start, index + 1);
    start = index + 1;
    bytes = 0;
  }
  if (start < rejections.length) yield rejections.slice(start);
}

/** Writes rejections, in statements of bounded size. */
export async function saveRejections(
  run: RunSql,
  runId: string,
  rejections: readonly RejectionRecord[],
): Promise<void> {
  for (const part of splitRejections(rejections)) {
    await run(
      `insert into docrow.rejection (run_id, collection, id, id_text, code, path, reason, table_name, document)
      select $1, * from unnest($2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[])`,
      [
        runId,
        part.map((rejection) => rejection.collection),
        part.map((rejection) => toBuffer(rejection.id)),
        part.map((rejection) => withoutNul(rejection.idText)),
        part.map((rejection) => rejection.code),
        part.map((rejection) => withoutNul(rejection.path)),
        part.map((rejection) => rejection.reason),
        part.map((rejection) => rejection.table ?? null),
        part.map((rejection) => toBuffer(rejection.document)),
      ],
    );
  }
}

const toBuffer = (bytes: Uint8Array | undefined): Buffer | null =>
  bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** PostgreSQL's text has no NUL; these texts are for people, the exact bytes are beside them. */
const withoutNul = (text: string): string => text.replaceAll('\0', '\\0');
