import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stemOfExport } from './export-file.ts';

/**
 * Whether a path is a folder of exports: with a .json, .jsonl or .ndjson file in it, and without any .bson, neither
 * in it nor in the folders inside, since then it is a dump with something beside it.
 */
export async function holdsExports(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  if (!entries.some((entry) => entry.isFile() && stemOfExport(entry.name) !== undefined)) return false;
  const inside = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readdir(join(path, name)).catch(() => [])),
  );
  const names = [...entries.map(({ name }) => name), ...inside.flat()];
  return !names.some((name) => /\.bson(\.gz)?$/.test(name));
}
