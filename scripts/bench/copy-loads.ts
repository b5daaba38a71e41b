import { join } from 'node:path';
import type { Loader } from './load-sample.ts';
import type { Psql } from './psql.ts';
import type { SchemaStatements } from './schema-statements.ts';

/** The rows of a loaded table in files, as COPY takes them. */
export interface ReferenceFiles {
  readonly binary: string;
  readonly text: string;
  /** The binary file in two of the same size. */
  readonly halves: readonly [string, string];
}

/** Memory that docrow builds indexes with. */
const indexMemory = `set maintenance_work_mem = '256MB';`;
const clock = 'select extract(epoch from clock_timestamp());';
const ended = (statements: readonly string[]): readonly string[] =>
  statements.map((statement) => `${statement};`);

/** Writes out the rows that docrow has loaded, in their order in the table. */
export async function writeReferenceFiles(
  psql: Psql,
  table: string,
  folder: string,
): Promise<ReferenceFiles> {
  const file = (name: string): string => join(folder, `${table}-${name}`);
  const binary = file('rows.bin');
  const text = file('rows.txt');
  const halves = [file('first.bin'), file('second.bin')] as const;
  const out = (rows: string, path: string, format: string): string =>
    `\\copy ${rows} to '${path}' with (format ${format})`;
  const middle = `(select format('(%s,0)', pg_relation_size('public.${table}') / 8192 / 2)::tid)`;
  await psql.run([
    'set synchronize_seqscans = off;',
    out(`public.${table}`, binary, 'binary'),
    out(`public.${table}`, text, 'text'),
    out(`(select * from public.${table} where ctid < ${middle})`, halves[0], 'binary'),
    out(`(select * from public.${table} where ctid >= ${middle})`, halves[1], 'binary'),
  ]);
  return { binary, text, halves };
}

/** One psql: table, `\copy`, then what docrow builds after a load. */
export function copyLoad(
  psql: Psql,
  schema: SchemaStatements,
  table: string,
  file: string,
  format: 'binary' | 'text',
): Loader {
  return async () => {
    const { seconds, output } = await psql.run([
      clock,
      ...ended(schema.before),
      copyIn(table, file, format),
      clock,
      indexMemory,
      ...ended(schema.after),
      clock,
    ]);
    const [begin = Number.NaN, copied = Number.NaN, end = Number.NaN] = output.trim().split('\n').map(Number);
    return {
      seconds,
      workSeconds: end - begin,
      loadSeconds: copied - begin,
      indexSeconds: end - copied,
    };
  };
}

/** Two psql at the same time, each with half of the rows. */
export function doubleCopyLoad(
  psql: Psql,
  schema: SchemaStatements,
  table: string,
  files: readonly string[],
): Loader {
  return async () => {
    const startedAt = performance.now();
    const secondsSince = (from: number): number => (performance.now() - from) / 1000;
    await psql.run(ended(schema.before));
    await Promise.all(files.map((file) => psql.run([copyIn(table, file, 'binary')])));
    const loadSeconds = secondsSince(startedAt);
    const { seconds: indexSeconds } = await buildIndexes(psql, schema);
    return { seconds: secondsSince(startedAt), loadSeconds, indexSeconds };
  };
}

export const buildIndexes = (psql: Psql, { after }: SchemaStatements) =>
  psql.run([indexMemory, ...ended(after)]);

export const createTable = (psql: Psql, { before }: SchemaStatements) => psql.run(ended(before));

export const copyIn = (table: string, file: string, format: 'binary' | 'text' | 'csv'): string =>
  `\\copy public.${table} from '${file}' with (format ${format})`;
