import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'bson';
import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { rejectsExport } from '../../../src/resources/rejects.ts';
import { bsonOf, createProject, mappingYaml } from '../../support/bson-dump.ts';
import { nestedDocument, raw, rawDocument } from '../../support/raw-bson.ts';
import { queryTarget } from '../../support/target-content.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate } = pipeline;
const first = async (sql: string) => (await pipeline.values(sql))[0];

const items = mappingYaml({
  collection: 'items',
  columns: [
    'id: { from: _id, type: integer }',
    'body: { from: body, type: jsonb }',
    'text: { from: text, type: text }',
  ],
});

test('documents of 15 MB, loaded, refused and set aside', async () => {
  const megabytes = 15 * 1024 * 1024;
  const documents = Array.from({ length: 6 }, (_, n) => ({
    _id: n < 4 ? n : n + 0.5,
    text: String.fromCharCode(97 + n).repeat(megabytes),
  }));
  pipeline.project = createProject({ 'mappings/items.yaml': items }, { items: documents });
  const report = await migrate({ chunkBytes: '64MiB' });
  expect(report.totals).toMatchObject({ read: 6, loaded: 4, rejected: 2 });
  expect(await first('select sum(length(text))::int from items')).toBe(4 * megabytes);
  const file = join(pipeline.project.dir, 'rejects.bson');
  const settings = await loadSettings('rejects', { target: pipeline.uri }, {}, '/');
  expect(await rejectsExport(settings, file, 'bson')).toEqual({ documents: 2 });
  const exported = readFileSync(file);
  expect(exported.equals(bsonOf(documents.slice(4)))).toBe(true);
});

test('200,000 tiny documents', async () => {
  const one = serialize({ _id: 0 });
  const all = Buffer.alloc(one.length * 200_000);
  for (let n = 0; n < 200_000; n++) {
    all.set(one, n * one.length);
    all.writeInt32LE(n, n * one.length + 9);
  }
  pipeline.project = createProject({ 'mappings/items.yaml': items }, { items: [all] });
  expect(await migrate()).toMatchObject({ exitCode: 0, totals: { read: 200_000, loaded: 200_000 } });
  expect(await first('select count(distinct id)::int from items')).toBe(200_000);
});

test('one document with 200,000 elements', async () => {
  const mapping = mappingYaml({
    collection: 'items',
    columns: ['id: { from: _id, type: integer }'],
    children: {
      elements: {
        key: ['item', 'n'],
        columns: [
          'item: { from: ^id }',
          'n: { from: $index, type: integer }',
          'value: { from: $item, type: integer, unique: true }',
        ],
        more: ['each: list'],
      },
    },
  });
  const list = (first: number) => Array.from({ length: 200_000 }, (_, n) => first + n);
  const documents = [
    { _id: 1, list: list(0) },
    { _id: 2, list: [] },
    { _id: 3, list: list(199_999) },
  ];
  pipeline.project = createProject({ 'mappings/items.yaml': mapping }, { items: documents });
  const report = await migrate();
  expect(report).toMatchObject({ totals: { loaded: 2, rejected: 1 }, validation: { verdict: 'match' } });
  expect(report.collections[0]!.rows).toEqual({ items: 2, elements: 200_000 });
  expect(await first('select sum(value)::text from elements')).toBe('19999900000');
});

test('nesting of 100 levels is loaded, and of 3,000 or 20,000 set aside', async () => {
  const nested = (id: number, levels: number) => {
    const body = nestedDocument(levels);
    return rawDocument([
      ['_id', raw.int32(id)],
      ['body', { type: 3, bytes: body }],
    ]);
  };
  pipeline.project = createProject(
    { 'mappings/items.yaml': items },
    { items: [nested(1, 100), nested(2, 3_000), nested(3, 20_000), nested(4, 1)] },
  );
  const report = await migrate();
  expect(report.totals).toMatchObject({ read: 4, loaded: 2, rejected: 2 });
  expect(report.rejections).toMatchObject([{ code: 'document-too-deep', documents: 2 }]);
  expect(await first('select length(body::text) from items where id = 1')).toBe(99 * 7 + 2);
});

describe('nothing to load', () => {
  test('an empty collection becomes an empty table with its key', async () => {
    pipeline.project = createProject({ 'mappings/items.yaml': items }, { items: [] });
    expect(await migrate()).toMatchObject({
      exitCode: 0,
      totals: { read: 0 },
      validation: { verdict: 'match' },
    });
    expect(await first("select count(*)::int from pg_constraint where conname = 'items_pkey'")).toBe(1);
    expect(await migrate()).toMatchObject({ nothingToDo: true, exitCode: 0 });
  });

  test('a dump without the mapped collection is refused before anything is made', async () => {
    pipeline.project = createProject({ 'mappings/items.yaml': items }, { unmapped: [] });
    await expect(migrate()).rejects.toMatchObject({
      code: 'source-not-found',
      message: expect.stringContaining('items (mappings/items.yaml)'),
    });
    expect(await first("select to_regclass('docrow.run') is null")).toBe(true);
  });

  test('an empty folder is no dump', async () => {
    pipeline.project = createProject({ 'mappings/items.yaml': items });
    await expect(migrate()).rejects.toMatchObject({ code: 'source-not-found' });
  });
});

describe('names from data', () => {
  const hostile = 'a"; drop table t; --';
  const long = `${'long '.repeat(20)}name`;

  test('with quotes, and SQL in them, are names and nothing else', async () => {
    await queryTarget(pipeline.uri, 'create table t (n integer)');
    const path = (key: string): string => JSON.stringify(JSON.stringify(key));
    const mapping = mappingYaml({
      collection: hostile,
      key: 'i"d',
      columns: [
        String.raw`"i\"d": { from: _id, type: integer }`,
        `'${hostile}': { from: ${path(hostile)}, type: text, unique: true }`,
        `"$$": { from: ${path('$$')}, type: text, check: ["x'; drop table t; --", '\\\\']}`,
        'prototype: { from: __proto__, type: text, nul: escape }',
      ],
      more: [
        String.raw`rest: { column: "rest of \"it\"", type: jsonb }`,
        'indexes:',
        `  - { columns: ['${hostile}', "$$"] }`,
      ],
    });
    const document = (id: number, text: string) =>
      rawDocument([
        ['_id', raw.int32(id)],
        [hostile, raw.string(text)],
        ['$$', raw.string("x'; drop table t; --")],
        ['__proto__', raw.string('a\0b')],
        ['\\"', raw.int32(1)],
      ]);
    pipeline.project = createProject(
      { 'mappings/hostile.yaml': mapping },
      { [hostile]: [document(1, 'a'), document(2, 'b'), document(3, 'b')] },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 3, loaded: 2, rejected: 1 });
    expect(report.validation.verdict).toBe('match');
    const rows = await queryTarget(
      pipeline.uri,
      `select * from "${hostile.replaceAll('"', '""')}" order by 1`,
    );
    expect(Object.values(rows[0]!)).toEqual([
      1,
      'a',
      "x'; drop table t; --",
      'a\\0b',
      { '\\"': { $numberInt: '1' } },
    ]);
    expect(await first("select to_regclass('public.t') is not null")).toBe(true);
    expect(await migrate({ fresh: true })).toMatchObject({ totals: { loaded: 2 } });
  });

  test('of more than 63 bytes are cut the same way every time', async () => {
    const mapping = mappingYaml({
      collection: 'items',
      table: long,
      columns: [
        'id: { from: _id, type: integer }',
        `"${long} one": { from: a, type: text, unique: true }`,
        `"${long} two": { from: b, type: text, check: [x] }`,
        `"${long} three": { from: c, type: integer, references: "${long}.id" }`,
      ],
      more: ['indexes:', `  - { columns: ["${long} one", "${long} two"] }`],
    });
    pipeline.project = createProject(
      { 'mappings/items.yaml': mapping },
      {
        items: [
          { _id: 1, a: 'a', b: 'x', c: 2 },
          { _id: 2, a: 'a' },
          { _id: 3, a: 'c', c: 1 },
        ],
      },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 3, loaded: 0, rejected: 3 });
    expect(report.rejections.map(({ code, documents }) => [code, documents])).toEqual([
      ['reference-set-aside', 2],
      ['duplicate-value', 1],
    ]);
    expect(await migrate()).toMatchObject({ nothingToDo: true, validation: { verdict: 'match' } });
    expect(await migrate({ fresh: true })).toMatchObject({ totals: { read: 3, rejected: 3 } });
  });
});

test('tables and columns called like what every object has', async () => {
  const mapping = mappingYaml({
    collection: '__proto__',
    table: 'constructor',
    columns: ['id: { from: _id, type: integer }', 'toString: { from: __proto__, type: text, unique: true }'],
    children: {
      valueOf: {
        key: ['id', 'hasOwnProperty'],
        columns: [
          'id: { from: ^id }',
          'hasOwnProperty: { from: $index }',
          'v: { from: $item, type: integer }',
        ],
        more: ['each: constructor'],
      },
    },
  });
  const documents = [1, 2].map((n) =>
    rawDocument([
      ['_id', raw.int32(n)],
      ['__proto__', raw.string(`p${n}`)],
      ['constructor', raw.array([raw.int32(1), raw.int32(2)])],
    ]),
  );
  pipeline.project = createProject({ 'mappings/proto.yaml': mapping }, { ['__proto__']: documents });
  const report = await migrate();
  expect(report).toMatchObject({ errors: [], validation: { verdict: 'match' } });
  expect(Object.entries(report.collections[0]?.rows ?? {})).toEqual([
    ['constructor', 2],
    ['valueOf', 4],
  ]);
});
