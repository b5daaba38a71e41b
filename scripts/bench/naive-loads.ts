import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIndexes, copyIn, createTable } from './copy-loads.ts';
import type { Loader } from './load-sample.ts';
import type { Psql } from './psql.ts';
import { runProcess } from './run-process.ts';
import type { SchemaStatements } from './schema-statements.ts';
import type { Shape } from './shapes.ts';
import { databaseName } from './write-dump-file.ts';

export interface NaiveParts {
  readonly psql: Psql;
  readonly schema: SchemaStatements;
  readonly shape: Shape;
  readonly columns: readonly string[];
  readonly folder: string;
  readonly signal: AbortSignal;
}

const tsx = import.meta.resolve('tsx');
const programs = {
  find: fileURLToPath(new URL('./naive-find-to-copy.ts', import.meta.url)),
  export: fileURLToPath(new URL('./naive-export.ts', import.meta.url)),
  convert: fileURLToPath(new URL('./naive-lines-to-csv.ts', import.meta.url)),
};

/** `find`, objects, CSV and COPY in one program. */
export function findChain(parts: NaiveParts, sourceUri: string, targetUri: string): Loader {
  const { psql, schema, shape, columns, signal } = parts;
  return async () => {
    const startedAt = performance.now();
    await createTable(psql, schema);
    const args = ['--import', tsx, programs.find, databaseName, shape.name, columns.join(',')];
    const env = { ...process.env, SOURCE: sourceUri, TARGET: targetUri };
    const { seconds: loadSeconds } = await runProcess(process.execPath, args, { env, signal });
    const { seconds: indexSeconds } = await buildIndexes(psql, schema);
    return { seconds: (performance.now() - startedAt) / 1000, loadSeconds, indexSeconds };
  };
}

/** Export to lines, a script that makes CSV of them, `\copy`: one after the other, with a file between. */
export function exportChain(parts: NaiveParts, bsonFile: string): Loader {
  const { psql, schema, shape, columns, folder, signal } = parts;
  const lines = join(folder, `${shape.name}.jsonl`);
  const csv = join(folder, `${shape.name}.csv`);
  const runProgram = (...args: readonly string[]) =>
    runProcess(process.execPath, ['--import', tsx, ...args], { signal });
  return async () => {
    const startedAt = performance.now();
    await createTable(psql, schema);
    const { seconds: exportSeconds } = await runProgram(programs.export, bsonFile, lines);
    await runProgram(programs.convert, lines, csv, columns.join(','));
    await psql.run([copyIn(shape.name, csv, 'csv')]);
    const { seconds: indexSeconds } = await buildIndexes(psql, schema);
    const seconds = (performance.now() - startedAt) / 1000;
    rmSync(lines);
    rmSync(csv);
    return { seconds, exportSeconds, indexSeconds };
  };
}
