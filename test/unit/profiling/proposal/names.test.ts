import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsePath } from '../../../../src/mapping/parse-path.ts';
import { nameOf, singular } from '../../../../src/profiling/proposal/column-name.ts';
import { mappingFiles } from '../../../../src/profiling/proposal/mapping-files.ts';
import { writePath } from '../../../../src/profiling/proposal/write-path.ts';
import { scalar } from '../../../../src/profiling/proposal/yaml-text.ts';
import { profileOf } from '../../../support/profile-documents.ts';
import { loadFiles, proposeFor, yamlFor } from '../../../support/propose.ts';

test.for([
  [['address', 'zipCode'], 'address_zip_code'],
  [['HTTPServer'], 'http_server'],
  [['userID'], 'user_id'],
  [['$ref'], 'ref'],
  [['a.b c'], 'a_b_c'],
  [['ключ'], 'ключ'],
  [['order'], 'order_'],
  [['xmin'], 'xmin_'],
  [['2024'], '_2024'],
  [['"'], 'field'],
  [['__proto__'], 'proto'],
] as const)('%j is named %s', ([keys, name]) => {
  expect(nameOf(keys, 'snake')).toBe(name);
});

test('names of the source are kept where they are legal', () => {
  expect(nameOf(['address', 'zipCode'], 'keep')).toBe('address_zipCode');
  expect(nameOf(['xmin'], 'keep')).toBe('xmin_');
});

test.for([
  ['orders', 'order'],
  ['categories', 'category'],
  ['addresses', 'address'],
  ['boxes', 'box'],
  ['status', 'status'],
  ['news', 'news'],
  ['s', 's'],
])('one of %s is %s', ([many, one]) => {
  expect(singular(many!)).toBe(one);
});

test('a path is read as it was written, and a text as YAML too', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (path) => {
      const text = writePath(path);
      expect(parsePath(text)).toEqual({ path });
      expect(text).not.toMatch(/^[$^]/);
      expect(parse(`a: { b: ${scalar(text)} }`)).toEqual({ a: { b: text } });
    }),
  );
});

test('names that would meet get a number, and those of the table give way to fields', async () => {
  const { columns, key, rest } = parse(
    await yamlFor([{ _id: 1, userName: 'a', user_name: 'b', 'user-name': 'c', id: 'd', extra: 'e' }]),
  ).tables.things;
  expect(Object.keys(columns)).toEqual(['_id', 'user_name', 'user_name_2', 'user_name_3', 'id', 'extra']);
  expect(key).toEqual(['_id']);
  expect(rest).toBe('extra_fields');
});

test('tables, keys and files of collections with like names are told apart', async () => {
  const names = [
    'Orders',
    'a',
    'a_pkey',
    'order_lines',
    'orders',
    'system.profile-x',
    'con',
    '日本',
    '../up',
  ];
  const profile = profileOf([{ _id: 1, lines: [{ sku: 'a' }] }]);
  const { proposal, files } = await proposeFor(names.map((name) => ({ ...profile, name })));
  const tables = proposal.collections.flatMap(({ proposal: { tables: own } }) => own.map(({ name }) => name));
  expect(new Set(tables.map((name) => name.toLowerCase())).size).toBe(tables.length);
  expect(files.every(({ path }) => /^mappings\/[A-Za-z0-9_-]+\.yaml$/.test(path))).toBe(true);
  expect(await loadFiles(files)).toHaveLength(names.length);
  expect(mappingFiles(['a', 'A', 'nul'])).toEqual([
    'mappings/a.yaml',
    'mappings/A_2.yaml',
    'mappings/collection_nul.yaml',
  ]);
});

test('a collection of very many fields keeps the frequent ones as columns', async () => {
  const rare = Object.fromEntries(
    Array.from({ length: 990 }, (_, i) => [`f${String.fromCharCode(97 + (i % 26))}${i}x`, 'text']),
  );
  const yaml = await yamlFor([
    { _id: 1, ...rare, often: 1 },
    { _id: 2, often: 2 },
  ]);
  const { columns } = parse(yaml).tables.things;
  expect(columns).toHaveProperty('often');
  expect(Object.keys(columns).length).toBeLessThan(300);
  expect(yaml).toContain('more than PostgreSQL can hold as columns');
});
