import { expect } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { createProject } from './project-folder.ts';

/** What is wrong with the files of a project, one line each: `file:line:column: problem`. */
export async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const projectFolder = await createProject(files);
  const error = await loadMappings({ projectFolder }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DocrowError)) throw error ?? new Error('There should have been problems');
  expect(error.code).toBe('mapping-invalid');
  const lines = error.problems.map(({ location, message }) => `${location}: ${message}`);
  expect(error.message).toBe(lines.join('\n'));
  return lines;
}
