import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyLoad, doubleCopyLoad, writeReferenceFiles } from './copy-loads.ts';
import { type Docrow, docrowInspect, docrowLoad, readSchema } from './docrow-loads.ts';
import type { Measurements } from './figure.ts';
import { needsPsql, needsServer, usageLoaders } from './figure-loads.ts';
import type { LiveServer } from './live-server.ts';
import type { Loader, LoaderName } from './load-sample.ts';
import { exportChain, findChain } from './naive-loads.ts';
import type { Psql } from './psql.ts';
import { type RoundParts, runRounds } from './run-rounds.ts';
import type { Shape } from './shapes.ts';
import { type DumpFile, databaseName, writeDumpFile } from './write-dump-file.ts';

export interface ShapeParts extends Omit<RoundParts, 'shape' | 'documents' | 'rows'> {
  readonly psql: Psql;
  readonly docrow: Docrow;
  readonly startServer: (database: string) => Promise<LiveServer>;
  readonly folder: string;
  readonly rounds: number;
  /** Whether docrow's loads are measured with a fifth of the documents too. */
  readonly withSmall: boolean;
  readonly seed: number;
}

/** Makes the documents of one shape, measures everything with them, and removes them again. */
export async function measureShape(
  parts: ShapeParts,
  shape: Shape,
  documents: number,
  loads: readonly LoaderName[],
): Promise<Measurements> {
  const folder = join(parts.folder, shape.name);
  mkdirSync(folder);
  try {
    const { rounds } = parts;
    const large = await measureSize(parts, shape, documents, join(folder, 'large'), loads, rounds);
    const few = parts.withSmall ? loads.filter((name) => usageLoaders.includes(name)) : [];
    if (few.length === 0) return { shape: shape.name, ...large, small: undefined };
    const fifth = Math.ceil(documents / 5);
    const small = await measureSize(parts, shape, fifth, join(folder, 'small'), few, Math.min(rounds, 3));
    return { shape: shape.name, ...large, small };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureSize(
  parts: ShapeParts,
  shape: Shape,
  documents: number,
  folder: string,
  loads: readonly LoaderName[],
  rounds: number,
): Promise<Omit<Measurements, 'shape' | 'small'>> {
  const { signal, seed, onNote } = parts;
  onNote(`${shape.name}: making ${documents} documents`);
  const dump = await writeDumpFile(shape, folder, documents, seed, signal);
  const server = needsServer(loads) ? await parts.startServer(databaseName) : undefined;
  try {
    if (server !== undefined) {
      onNote(`${shape.name}: filling the MongoDB server`);
      await server.fill(shape, documents, seed, signal);
    }
    const loaders = await prepareLoaders(parts, shape, dump, server, loads);
    const { rows, bytes } = dump;
    const samples = await runRounds({ ...parts, shape, documents, rows }, loaders, rounds);
    return { documents, rows, bytes, samples };
  } finally {
    await server?.stop();
  }
}

async function prepareLoaders(
  parts: ShapeParts,
  shape: Shape,
  dump: DumpFile,
  server: LiveServer | undefined,
  loads: readonly LoaderName[],
): Promise<ReadonlyMap<LoaderName, Loader>> {
  const { docrow, psql, signal, postgres, onNote } = parts;
  const { name, tables, columns } = shape;
  const { folder } = dump;
  const loaders = new Map<LoaderName, Loader>([
    ['docrow-1', docrowLoad(docrow, shape, folder, 1)],
    ['docrow-2', docrowLoad(docrow, shape, folder, 2)],
    ['docrow-inspect', docrowInspect(docrow, shape, folder)],
  ]);
  if (server !== undefined) loaders.set('docrow-live', docrowLoad(docrow, shape, server.uri, 1));
  if (needsPsql(loads)) {
    onNote(`${name}: writing the rows for \\copy`);
    const schema = await readSchema(docrow, shape);
    await postgres.reset(tables);
    await loaders.get('docrow-1')!();
    const files = await writeReferenceFiles(psql, tables, folder);
    loaders.set('B1', copyLoad(psql, schema, files.binary, 'binary'));
    loaders.set('B2', doubleCopyLoad(psql, schema, files.halves));
    loaders.set('T1', copyLoad(psql, schema, files.text, 'text'));
    if (columns !== undefined) {
      const naive = { psql, schema, shape, columns, folder, signal };
      loaders.set('export-chain', exportChain(naive, dump.file));
      if (server !== undefined) loaders.set('find-chain', findChain(naive, server.uri, postgres.uri));
    }
  }
  return new Map(loads.map((load) => [load, loaders.get(load)!]));
}
