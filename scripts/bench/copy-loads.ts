import { join } from 'node:path';
import type { Loader } from './load-sample.ts';
import type { Psql } from './psql.ts';
import type { SchemaStatements } from './schema-statements.ts';

/** Rows of one table, as COPY takes them. */
export interface RowsFile {
  readonly table: string;
  readonly path: string;
}

/** The rows of the loaded tables in files, one per table, parents before children. */
export interface ReferenceFiles {
  readonly binary: readonly RowsFile[];
  readonly text: readonly RowsFile[];
  /** The binary files, each in two of the same size. */
  readonly halves: readonly [readonly RowsFile[], readonly RowsFile[]];
}

/** Memory that docrow builds indexes with. */
const indexMemory = `set maintenance_work_mem = '256MB';`;
const clock = 'select extract(epoch from clock_timestamp());';
const ended = (statements: readonly string[]): readonly string[] =>
  statements.map((statement) => `${statement};`);

/** Writes out the rows that docrow has loaded, in their order in the tables. */
export async function writeReferenceFiles(
  psql: Psql,
  tables: readonly string[],
  folder: string,
): Promise<ReferenceFiles> {
  const files = (name: string): readonly RowsFile[] =>
    tables.map((table) => ({ table, path: join(folder, `${table}-${name}`) }));
  const binary = files('rows.bin');
  const text = files('rows.txt');
  const halves = [files('first.bin'), files('second.bin')] as const;
  const out = (
    list: readonly RowsFile[],
    format: 'binary' | 'text',
    rowsOf: (table: string) => string,
  ): readonly string[] =>
    list.map(({ table, path }) => `\\copy ${rowsOf(table)} to '${path}' with (format ${format})`);
  const whole = (table: string): string => `public.${table}`;
  const half = (comparison: '<' | '>=') => (table: string) =>
    `(select * from public.${table} where ctid ${comparison} (select format('(%s,0)', pg_relation_size('public.${table}') / 8192 / 2)::tid))`;
  await psql.run([
    'set synchronize_seqscans = off;',
    ...out(binary, 'binary', whole),
    ...out(text, 'text', whole),
    ...out(halves[0], 'binary', half('<')),
    ...out(halves[1], 'binary', half('>=')),
  ]);
  return { binary, text, halves };
}

/** One psql: tables, `\copy` of one after the other, then what docrow builds after a load. */
export function copyLoad(
  psql: Psql,
  schema: SchemaStatements,
  files: readonly RowsFile[],
  format: 'binary' | 'text',
): Loader {
  return async () => {
    const { seconds, output } = await psql.run([
      clock,
      ...ended(schema.before),
      ...files.map(({ table, path }) => copyIn(table, path, format)),
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
  halves: readonly (readonly RowsFile[])[],
): Loader {
  return async () => {
    const startedAt = performance.now();
    const secondsSince = (from: number): number => (performance.now() - from) / 1000;
    await psql.run(ended(schema.before));
    await Promise.all(
      halves.map((files) => psql.run(files.map(({ table, path }) => copyIn(table, path, 'binary')))),
    );
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
