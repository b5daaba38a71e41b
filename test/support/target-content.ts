import { Client } from 'pg';

/** Everything that a migration leaves in its target, in a form that two runs can be compared by. */
export interface TargetContent {
  /** Rows as text, in the order of that text, by table. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Without numbers and times, in order. */
  readonly rejections: readonly string[];
  /** Names of indexes and constraints, by table. */
  readonly constraints: readonly string[];
  /** Counts over all ranges, of documents and of rows by table, by collection. */
  readonly counts: readonly string[];
  readonly documentKeys: readonly string[];
  readonly adjustments: readonly string[];
}

/** Runs statements on a connection of its own. */
export async function queryTarget(
  uri: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: uri, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return (await client.query(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
}

/** Reads tables of schema public and the state of the newest run. The instant of the run becomes the word RUN. */
export async function readTarget(uri: string, tables: readonly string[]): Promise<TargetContent> {
  const client = new Client({ connectionString: uri, options: '-c TimeZone=UTC' });
  await client.connect();
  const lines = async (sql: string, parameters: readonly unknown[] = []): Promise<string[]> =>
    (await client.query({ text: sql, values: [...parameters], rowMode: 'array' })).rows.map((row) =>
      String(row[0]),
    );
  try {
    const [runTime = ''] = await lines(
      'select run_time::text from docrow.run order by run_number desc limit 1',
    );
    const content: Record<string, readonly string[]> = {};
    for (const table of tables) {
      const rows = await lines(`select t::text from public."${table.replaceAll('"', '""')}" t`);
      content[table] = rows.map((row) => row.replaceAll(runTime, 'RUN')).sort();
    }
    return {
      tables: content,
      rejections: (
        await lines(`select concat_ws(' ', collection, code, path, id_text, reason, table_name,
          encode(id, 'hex'), md5(document)) from docrow.rejection`)
      ).sort(),
      constraints: await lines(
        `select t.relname || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid) from pg_constraint c
          join pg_class t on t.oid = c.conrelid where t.relnamespace = 'public'::regnamespace
        union all select indexdef from pg_indexes where schemaname = 'public' order by 1`,
      ),
      counts: await lines(
        `select concat_ws(' ', c.collection, c.status, sum(r.read), sum(r.loaded) - c.set_aside,
          sum(r.rejected) + c.set_aside, sum(r.filtered), sum(r.bytes), c.rows_set_aside, (
            select string_agg(name || ' ' || rows, ', ' order by name) from (
              select name, sum(value::bigint) as rows
              from docrow.range o, jsonb_each_text(o.rows) as counted (name, value)
              where o.run_id = c.run_id and o.collection = c.collection group by name
            ) by_table
          ))
        from docrow.collection_run c join docrow.range r using (run_id, collection)
        group by c.run_id, c.collection order by c.collection`,
      ),
      documentKeys: (
        await lines(
          `select concat_ws(' ', collection, encode(id, 'hex'), key::text) from docrow.document_key`,
        )
      ).sort(),
      adjustments: await lines(
        `select concat_ws(' ', collection, action, id_text, column_name) from docrow.audit
        union all select concat_ws(' ', collection, key, sum(value::bigint))
          from docrow.range, jsonb_each_text(adjustments) group by collection, key order by 1`,
      ),
    };
  } finally {
    await client.end();
  }
}
