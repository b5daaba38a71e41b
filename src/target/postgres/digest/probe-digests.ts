import type { DigestForm } from '../../../digest/digest-form.ts';
import type { ProbeValue } from '../../../digest/probe-values.ts';
import { typeSql } from '../../../mapping/type-sql.ts';
import type { PostgresClient } from '../connect.ts';
import { sendSql } from '../send-functions.ts';
import { recordHashSql } from './digest-sql.ts';

/** SQLSTATEs of a server that lacks a function, or may not use it: undefined function, feature not supported. */
const missingStates: readonly unknown[] = ['42883', '0A000', '42501'];

/** The digests of single values; undefined for those that the server is too old for, and for all when it lacks functions. */
export async function probeDigests(
  client: PostgresClient,
  form: DigestForm,
  values: readonly ProbeValue[],
): Promise<readonly (bigint | undefined)[] | undefined> {
  const { rows: versions } = await client.query(
    "select pg_catalog.current_setting('server_version_num')::integer as version",
  );
  const version = versions[0].version as number;
  const known = values.filter(({ since = 0 }) => since <= version);
  const selects = known.map(({ type }, index) => {
    const sent = sendSql({ name: 'v', type }, 't');
    return `select ${index} as number, ${recordHashSql(form, [sent])}::text as digest
      from (select $${index + 1}::text::${typeSql(type)} as v) t`;
  });
  try {
    const { rows } = await client.query(
      `${selects.join(' union all ')} order by number`,
      known.map(({ text }) => text ?? null),
    );
    const digests = new Map(known.map((value, index) => [value, BigInt(rows[index].digest as string)]));
    return values.map((value) => digests.get(value));
  } catch (error) {
    if (missingStates.includes((error as { code?: unknown }).code)) return undefined;
    throw error;
  }
}
