import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImportRule, importRules, openers } from './import-rules.ts';
import { codeLines, listRepositoryFiles, readRepositoryFile } from './repository-files.ts';

interface Import {
  /** Relative to src, like `bson/value-end.ts`. */
  readonly path: string;
  readonly typesOnly: boolean;
}

const statement = /\b(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?'(\.{1,2}\/[^']+)'/g;
const dynamic = /\bimport\(\s*'(\.{1,2}\/[^']+)'\s*\)/g;

function importsOf(file: string, code: string): readonly Import[] {
  const resolve = (specifier: string) => posix.join(posix.dirname(file), specifier);
  const statements = [...code.matchAll(statement)].map(([, type, names, specifier]) => ({
    path: resolve(specifier!),
    typesOnly: type !== undefined || hasOnlyTypes(names ?? ''),
  }));
  const dynamics = [...code.matchAll(dynamic)].map(([, specifier]) => ({
    path: resolve(specifier!),
    typesOnly: false,
  }));
  return [...statements, ...dynamics];
}

function hasOnlyTypes(names: string): boolean {
  const inBraces = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  const list =
    inBraces
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '') ?? [];
  return list.length > 0 && list.every((name) => name.startsWith('type '));
}

const roomOf = (path: string): string => path.split('/')[0] ?? path;

const covers = (allowed: readonly string[], path: string): boolean =>
  allowed.some((each) => each === path || each === roomOf(path));

function violations(file: string, code: string, rules: readonly ImportRule[]): readonly string[] {
  const room = roomOf(file);
  const rule = rules.find((each) => each.room === room);
  if (rule === undefined) return [`${file}: the folder ${room} has no rule in import-rules.ts; give it one`];
  return importsOf(file, code)
    .filter(({ path }) => roomOf(path) !== room)
    .filter(({ path, typesOnly }) => {
      const allowed = typesOnly ? [...rule.mayImport, ...(rule.mayImportTypes ?? [])] : rule.mayImport;
      return !covers(allowed, path);
    })
    .map(
      ({ path, typesOnly }) =>
        `${file} imports ${typesOnly ? 'types of ' : ''}${path}. Rule: ${room} may import ` +
        `${[...rule.mayImport, ...(rule.mayImportTypes ?? []).map((each) => `${each} (types)`)].join(', ') || 'nothing'}` +
        `. Reason: ${rule.reason}`,
    );
}

const sources = listRepositoryFiles()
  .filter((file) => /^src\/.*\.ts$/.test(file))
  .map((file) => ({ file: file.slice('src/'.length), code: codeLines(readRepositoryFile(file)).join('\n') }));

describe('imports go one way', () => {
  test('no file of src imports what its room may not know', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(({ file, code }) => violations(file, code, importRules))).toEqual([]);
  });

  test.each(Object.entries(openers))('a %s is made only where it is also closed', (name, folders) => {
    const opens = new RegExp(`\\bnew ${name}\\(`);
    const found = sources.filter(({ code }) => opens.test(code)).map(({ file }) => file);
    expect(found.filter((file) => !folders.some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
  });
});

describe('the test itself', () => {
  const rules: readonly ImportRule[] = [
    { room: 'low', mayImport: [], mayImportTypes: ['high/contract.ts'], reason: 'low knows nothing' },
    { room: 'high', mayImport: ['low'], reason: 'high knows low' },
  ];

  test.each([
    ['high/a.ts', "import { a } from '../low/a.ts';"],
    ['low/a.ts', "import { b } from './b.ts';"],
    ['low/a.ts', "import { pg } from 'pg';"],
    ['low/a.ts', "import type { C } from '../high/contract.ts';"],
    ['low/a.ts', "import { type C, type D } from '../high/contract.ts';"],
  ])('%s may hold %s', (file, code) => {
    expect(violations(file, code, rules)).toEqual([]);
  });

  test.each([
    ['low/a.ts', "import { a } from '../high/a.ts';"],
    ['low/a.ts', "import {\n  a,\n  b,\n} from '../high/a.ts';"],
    ['low/a.ts', "import '../high/a.ts';"],
    ['low/a.ts', "export { a } from '../high/a.ts';"],
    ['low/a.ts', "const { a } = await import('../high/a.ts');"],
    ['low/a.ts', "import { type C, d } from '../high/contract.ts';"],
    ['low/a.ts', "import type { A } from '../high/a.ts';"],
    ['new-room/a.ts', "import { a } from './b.ts';"],
  ])('%s may not hold %s', (file, code) => {
    expect(violations(file, code, rules)).toHaveLength(1);
  });

  test('a violation names the rule and the reason', () => {
    const [text] = violations('low/a.ts', "import { a } from '../high/a.ts';", rules);
    expect(text).toBe(
      'low/a.ts imports high/a.ts. Rule: low may import high/contract.ts (types). Reason: low knows nothing',
    );
  });
});
