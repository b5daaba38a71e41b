import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { codeLines, listRepositoryFiles, readRepositoryFile, repositoryRoot } from './repository-files.ts';

const maxLines = 300;
const files = listRepositoryFiles();
const programs = files.filter((file) => /^(src|scripts|test|transforms)\/.*\.(ts|mjs)$/.test(file));
const sources = programs.filter((file) => file.startsWith('src/'));

const holding = (list: readonly string[], pattern: RegExp): readonly string[] =>
  list.filter((file) => codeLines(readRepositoryFile(file)).some((line) => pattern.test(line)));

test('a file has at most 300 lines, or says at its top why not', () => {
  const tooLong = programs.filter((file) => {
    const lines = readRepositoryFile(file).trimEnd().split('\n');
    const top = lines.slice(0, 10).join('\n');
    return lines.length > maxLines && !/Longer than 300 lines because \S/.test(top);
  });
  expect(tooLong).toEqual([]);
});

test('no file is a drawer', () => {
  const drawers = programs.filter((file) =>
    /^(utils?|common|helpers?|misc|shared|types)\./.test(basename(file)),
  );
  expect(drawers).toEqual([]);
});

test('file names are lower case with hyphens', () => {
  expect(programs.filter((file) => !/^[a-z0-9-]+(\.[a-z]+)+$/.test(basename(file)))).toEqual([]);
});

test('exports have names', () => {
  expect(holding(programs, /^export default\b/)).toEqual([]);
});

test('every error that leaves a room is a DocrowError with a code', () => {
  // A RangeError is how a buffer or a number says that it is too small; the same room catches it.
  expect(holding(sources, /throw new (Type|Syntax|Reference|Eval)?Error\(/)).toEqual([]);
});

test('only the entry file ends the process', () => {
  expect(holding(sources, /\bprocess\.exit\(/).filter((file) => file !== 'src/cli/main.ts')).toEqual([]);
});

test('no file points outside the repository', () => {
  // An absolute path of somebody's machine, or a folder beside the checkout.
  const outside = /(?<![\w.}-])\/work(?![\w-])|\.\.\/shared(?![\w-])/;
  const isText = (file: string) =>
    /\.(ts|mjs|js|json|ya?ml|md|sh|sql|html|css)$|(^|\/)[^./]+$|^\.ci\//.test(file);
  const checked = files.filter((file) => isText(file) && file !== 'test/architecture/files.test.ts');
  expect(checked.filter((file) => outside.test(readRepositoryFile(file)))).toEqual([]);
});

test.each([
  'README.md',
  'LICENSE',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docrow.yaml',
  'mappings/users.yaml',
  'mappings/tasks.yaml',
  'mappings/subtasks.yaml',
  'samples/imagegen/known-rejections.json',
  '.ci/run',
])('%s is there', (file) => {
  expect(existsSync(join(repositoryRoot, file))).toBe(true);
});
