import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Paths of the files that are, or are about to be, part of the repository; relative, with `/`. */
export function listRepositoryFiles(): readonly string[] {
  const args = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const names = execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 1 << 26 });
  return names.split('\0').filter((name) => name !== '');
}

/** Empty for a file that is deleted but not yet removed from git. */
export function readRepositoryFile(path: string): string {
  try {
    return readFileSync(join(repositoryRoot, path), 'utf8');
  } catch {
    return '';
  }
}

/** Lines that are code: comments say much that code must not do. */
export function codeLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => !/^\s*(\/\/|\/\*|\*)/.test(line));
}
