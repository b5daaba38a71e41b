import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectId } from 'bson';
import { createJiti } from 'jiti';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Transform } from '../../../../src/mapping/transform.ts';
import { translateFilter } from '../../../../src/profiling/proposal/index-filter.ts';
import type { ProposedColumn } from '../../../../src/profiling/proposal/proposal.ts';
import { writeConfigYaml } from '../../../../src/profiling/proposal/write-config-yaml.ts';
import type { CollectionDescription, SourceIndex } from '../../../../src/source/document-source.ts';
import { profileOf } from '../../../support/profile-documents.ts';
import { nothingDescribed, proposeFor, yamlFor } from '../../../support/propose.ts';

const folder = mkdtempSync(join(tmpdir(), 'docrow-written-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docrow.yaml', () => {
  const choice = {
    source: 'mongodb://localhost/shop',
    holdsPassword: false,
    database: undefined,
    folder: '/p',
    leftOut: [],
  };

  test('names the source, which the environment can replace', () => {
    expect(writeConfigYaml(choice)).toContain(`source: \${DOCROW_SOURCE:-mongodb://localhost/shop}`);
    expect(writeConfigYaml({ ...choice, source: '/p/dump/shop' })).toContain(
      `source: \${DOCROW_SOURCE:-dump/shop}`,
    );
  });

  test('never holds a password', () => {
    const text = writeConfigYaml({
      ...choice,
      source: 'mongodb://u:canary@localhost/shop',
      holdsPassword: true,
    });
    expect(text).toContain(`source: \${DOCROW_SOURCE}\n`);
    expect(text).not.toContain('canary');
  });
});

describe('comments', () => {
  test('a line break in a name does not end one', async () => {
    const documents = [
      { _id: 1, 'a\nb: c': [1] },
      { _id: 2, 'a\nb: c': 'x' },
      { _id: 3, 'a\nb: c': { x: 1 } },
    ];
    const { files } = await proposeFor([profileOf(documents)], { names: 'keep' });
    const names = Object.keys(parse(files[0]!.text).tables.things.columns);
    expect(names).toEqual(['id', 'a\nb: c']);
    expect(files[0]!.text).toContain('# - a\\u000ab: c: ');
  });

  test('the evidence stands behind each column, and nothing is wider than 110 characters', async () => {
    const documents = Array.from({ length: 40 }, (_, i) => ({
      _id: new ObjectId(),
      status: i % 2 === 0 ? 'open' : 'paid',
      firstName: i % 2 === 0 ? 'Ada' : 'Bob',
      aFieldWithQuiteALongNameThatNeedsRoom: { andAnotherOneBelowIt: 'x'.repeat(i) },
      ...(i > 0 && { n: i }),
    }));
    const yaml = await yamlFor(documents);
    expect(yaml).toContain('# things: 40 documents');
    expect(yaml).toMatch(/n: .*# 39 of 40 int32, 1–39, 1 missing/);
    expect(yaml).toContain('# check: [open, paid]  (2 values in 40)');
    expect(yaml).not.toContain('Ada');
    expect(yaml.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });

  test('a key cannot break out of its comment', async () => {
    const yaml = await yamlFor([{ _id: 1, ['a\nb: evil\u2028']: [1, 'x'], ['c\u001b[2J']: [[{ a: 1 }]] }]);
    expect(yaml).not.toMatch(/^b: evil/m);
    expect(yaml).not.toContain('\u001b');
  });
});

test('a transform is proposed, unused, where only a person knows the offset; its stub loads and converts', async () => {
  const documents = Array.from({ length: 3 }, (_, i) => ({ _id: i, seen_at: '2024-01-31 12:00:00' }));
  const { files } = await proposeFor([profileOf(documents)]);
  expect(files.map(({ path }) => path)).toEqual(['mappings/things.yaml', 'transforms/things.ts']);
  expect(files[0]!.text).toMatch(/^ {6}seen_at: +\{ from: seen_at, type: text \}/m);
  expect(files[0]!.text).toContain('transform: seenAtAsInstant');
  const file = join(folder, 'things.ts');
  writeFileSync(file, files[1]!.text);
  const { seenAtAsInstant } = await createJiti(import.meta.url).import<{ seenAtAsInstant: Transform }>(file);
  expect(seenAtAsInstant('2024-01-31 12:00:00', undefined as never)).toEqual(
    new Date('2024-01-31T12:00:00Z'),
  );
  expect(seenAtAsInstant(undefined, undefined as never)).toBeUndefined();
});

describe('indexes', () => {
  const index = (given: Partial<SourceIndex>): SourceIndex => ({
    name: 'it',
    keys: [{ path: 'a', kind: 1 }],
    isUnique: false,
    isSparse: false,
    partialFilter: undefined,
    expireAfterSeconds: undefined,
    collation: undefined,
    ...given,
  });
  const yamlOf = (given: Partial<SourceIndex>, a: unknown = 'x'): Promise<string> => {
    const description: CollectionDescription = { ...nothingDescribed, indexes: [index(given)] };
    return yamlFor([{ _id: 1, a, b: 2, tags: ['x'], mixed: [1, 'x'] }], { description });
  };

  test.for<[string, Partial<SourceIndex>, string]>([
    ['one field', {}, '- { columns: [a] }  # "it"'],
    [
      'two',
      {
        keys: [
          { path: 'a', kind: 1 },
          { path: 'b', kind: -1 },
        ],
      },
      '- { columns: [a, b] }  # "it"',
    ],
    ['hashed', { keys: [{ path: 'a', kind: 'hashed' }] }, '- { columns: [a], method: hash }'],
    ['of an array', { keys: [{ path: 'tags', kind: 1 }] }, '- { columns: [tags], method: gin }'],
    ['of jsonb', { keys: [{ path: 'mixed', kind: 1 }] }, '- { columns: [mixed], method: gin }'],
    ['unique, not compared', { isUnique: true }, '- { columns: [a] }  # "it"; unique in MongoDB; not here'],
    ['geographic', { keys: [{ path: 'a', kind: '2dsphere' }] }, '# "it": a 2dsphere index; PostGIS'],
    ['of nothing', { keys: [{ path: 'c.d', kind: 1 }] }, '# "it": "c.d" has no column alone'],
    [
      'text',
      { keys: [{ path: 'a', kind: 'text' }] },
      "using gin (to_tsvector('simple', coalesce(\"a\", '')))",
    ],
  ])('%s', async ([, given, line]) => {
    expect(await yamlOf(given)).toContain(line);
  });

  test('one over texts that are too long is left out', async () => {
    const yaml = await yamlOf({}, 'x'.repeat(3000));
    expect(yaml).not.toContain('indexes:');
    expect(yaml).toContain('its values are too long for an index');
  });

  test('filters are translated only where SQL means the same', () => {
    const column = (name: string, type: string): ProposedColumn =>
      ({ name, choice: { type, outliers: 0 } }) as unknown as ProposedColumn;
    const find = (path: string): ProposedColumn | undefined =>
      ({ a: column('a', 'text'), n: column('n', 'integer'), d: column('d"e', 'boolean') })[path];
    const sql = (filter: unknown): string | undefined => translateFilter(JSON.stringify(filter), find);
    expect(sql({ a: { $exists: true } })).toBe('"a" is not null');
    expect(sql({ a: "it's", n: { $gt: { $numberInt: '5' } } })).toBe(`"a" = 'it''s' and "n" > 5`);
    expect(sql({ d: true })).toBe('"d""e" = true');
    expect(sql({ a: { $exists: false } })).toBeUndefined();
    expect(sql({ a: { $gt: 5 } })).toBeUndefined();
    expect(sql({ $or: [] })).toBeUndefined();
    expect(sql({ unknown: 1 })).toBeUndefined();
  });
});
