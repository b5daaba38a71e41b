import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DocrowError } from '../errors/docrow-error.ts';
import { fromNodeError } from '../errors/from-node-error.ts';
import { loadMappings } from '../mapping/load-mappings.ts';

export interface ProjectFile {
  /** Relative to the project folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * Refuses to go on where a file is there already.
 * @throws DocrowError `project-exists`, with all of them
 */
export function refuseExisting(folder: string, files: readonly string[]): void {
  const inTheWay = files.filter((file) => existsSync(path.join(folder, file)));
  if (inTheWay.length === 0) return;
  const message = `${inTheWay.length === 1 ? 'This file is' : 'These files are'} there already: ${inTheWay.join(', ')}`;
  throw new DocrowError('project-exists', message, { files: inTheWay.length });
}

/**
 * Writes the files of a project, all or none: they are written and their mappings loaded beside the project, and then
 * moved to their places.
 * @throws DocrowError `file-failed`; `internal` for a mapping that does not load
 */
export async function writeProjectFiles(folder: string, files: readonly ProjectFile[]): Promise<void> {
  const made: string[] = [];
  let staging: string | undefined;
  try {
    await mkdir(folder, { recursive: true });
    staging = await mkdtemp(path.join(folder, '.docrow-init-'));
    for (const file of files) {
      const place = path.join(staging, file.path);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, file.text);
    }
    if (files.some((file) => file.path.startsWith('mappings/'))) await checkMappings(staging);
    for (const file of files) {
      const place = path.join(folder, file.path);
      await mkdir(path.dirname(place), { recursive: true });
      const isNew = !existsSync(place);
      await rename(path.join(staging, file.path), place);
      if (isNew) made.push(place);
    }
  } catch (error) {
    await Promise.all(made.map((place) => rm(place, { force: true })));
    if (error instanceof DocrowError) throw error;
    throw fromNodeError(error) ?? error;
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

async function checkMappings(projectFolder: string): Promise<void> {
  try {
    await loadMappings({ projectFolder });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new DocrowError('internal', `A proposed mapping does not load: ${what}`, {}, error);
  }
}
