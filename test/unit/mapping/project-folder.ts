import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes files under a new folder, which goes away after the test. Names are relative: `mappings/a.yaml`. */
export async function createProject(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'docrow-mapping-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

/** A mapping of one table from its columns, one YAML line each. */
export function mappingOf(collection: string, columns: readonly string[], more = ''): string {
  const lines = columns.map((line) => `      ${line}`).join('\n');
  return `collection: ${collection}\ntables:\n  ${collection}:\n    key: [id]\n    columns:\n${lines}\n${more}`;
}
