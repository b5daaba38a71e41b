import { describe, expect, test } from 'vitest';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { type PlainMapping, plainMapping } from '../../../src/pipeline/plain-mapping.ts';
import { compareMappings } from '../../../src/pipeline/retry-changes.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';

async function read(yaml: string): Promise<PlainMapping> {
  const project = createProject({ 'mappings/items.yaml': yaml });
  try {
    const { collections } = await loadMappings({ projectFolder: project.dir, schema: 'public' });
    return plainMapping(collections[0]!);
  } finally {
    project.remove();
  }
}

const id = 'id: { from: _id, type: text, convert: ejson }';
const yaml = (columns: readonly string[], more: readonly string[] = []): string =>
  mappingYaml({ collection: 'items', columns: [id, ...columns], more });
const compare = async (before: string, after: string) =>
  compareMappings(await read(before), await read(after));
const compareColumn = (before: string, after: string) =>
  compare(yaml([`n: { from: n, ${before} }`]), yaml([`n: { from: n, ${after} }`]));

test('one mapping does not differ from itself, whatever its defaults', async () => {
  const text = yaml([
    'n: { from: n, type: bigint, default: 9007199254740993 }',
    'd: { from: d, type: real, default: .nan }',
  ]);
  expect(await compare(text, text)).toEqual({ refused: [], allowed: [] });
});

describe('types', () => {
  test.each([
    ['type: smallint', 'type: bigint'],
    ['type: integer', 'type: numeric'],
    ['type: integer', 'type: "numeric(12,2)"'],
    ['type: integer', 'type: double precision'],
    ['type: "numeric(10,2)"', 'type: "numeric(12,4)"'],
    ['type: "numeric(10,2)"', 'type: numeric'],
    ['type: varchar(5)', 'type: varchar(9)'],
    ['type: varchar(5)', 'type: text'],
    ['type: integer', 'type: text, convert: text'],
    ['type: "integer[]"', 'type: "bigint[]"'],
  ])('%s may become %s', async (before, after) => {
    const { refused, allowed } = await compareColumn(before, after);
    expect(refused).toEqual([]);
    expect(allowed).toHaveLength(1);
  });

  test.each([
    ['type: bigint', 'type: integer'],
    ['type: bigint', 'type: double precision'],
    ['type: integer', 'type: "numeric(10,2)"'],
    ['type: integer', 'type: text'],
    ['type: integer', 'type: "integer[]"'],
    ['type: "numeric(10,2)"', 'type: "numeric(12,1)"'],
    ['type: "numeric(10,2)"', 'type: "numeric(10,4)"'],
    ['type: "numeric(10,2)"', 'type: double precision'],
    ['type: varchar(9)', 'type: varchar(5)'],
    ['type: uuid', 'type: text'],
    ['type: jsonb', 'type: json'],
    ['type: timestamptz', 'type: timestamp'],
  ])('%s may not become %s', async (before, after) => {
    expect((await compareColumn(before, after)).refused).toHaveLength(1);
  });
});

describe('columns', () => {
  test.each([
    ['type: integer', 'type: integer, mismatch: "null"'],
    ['type: text', 'type: text, nul: strip'],
    ['type: text', 'type: text, default: x'],
    ['type: text, required: true', 'type: text'],
    ['type: timestamptz', 'type: timestamptz, convert: iso'],
    ['type: text', 'type: text, convert: text'],
    ['type: text, unique: true', 'type: text'],
    ['type: text, check: [a]', 'type: text, check: [a, b]'],
  ])('{ %s } may become { %s }', async (before, after) => {
    const { refused, allowed } = await compareColumn(before, after);
    expect(refused).toEqual([]);
    expect(allowed).toHaveLength(1);
  });

  test.each([
    ['type: text', 'type: text, required: true'],
    ['type: text', 'type: text, nul: escape'],
    ['type: text, nul: escape', 'type: text'],
    ['type: text', 'type: text, convert: ejson'],
    ['type: text, convert: ejson', 'type: text'],
    ['type: jsonb', 'type: jsonb, json: canonical'],
  ])('{ %s } may not become { %s }', async (before, after) => {
    expect((await compareColumn(before, after)).refused).toHaveLength(1);
  });

  test('`from` may grow at its end', async () => {
    const of = (from: string) => yaml([`n: { from: ${from}, type: text }`]);
    expect((await compare(of('n'), of('[n, m]'))).refused).toEqual([]);
    expect((await compare(of('n'), of('[m, n]'))).refused).toHaveLength(1);
    expect((await compare(of('[n, m]'), of('n'))).refused).toHaveLength(1);
  });

  test('new ones may come unless they are required, and none may go', async () => {
    expect((await compare(yaml([]), yaml(['n: { from: n, type: text }']))).refused).toEqual([]);
    expect(
      (await compare(yaml([]), yaml(['n: { from: n, type: text, required: true }']))).refused,
    ).toHaveLength(1);
    expect((await compare(yaml(['n: { from: n, type: text }']), yaml([]))).refused).toHaveLength(1);
  });
});

test('rest may come, and not go or get another name', async () => {
  const [none, extra, other] = [yaml([]), yaml([], ['rest: extra']), yaml([], ['rest: other'])];
  expect((await compare(none, extra)).refused).toEqual([]);
  expect((await compare(extra, none)).refused).toHaveLength(1);
  expect((await compare(extra, other)).refused).toHaveLength(1);
});

test('an index may come or go, and one that changes needs a name of its own', async () => {
  const indexed = (more: string) =>
    yaml(['n: { from: n, type: text }'], [`indexes: [{ name: i, columns: [n]${more} }]`]);
  const none = yaml(['n: { from: n, type: text }']);
  expect((await compare(none, indexed(''))).refused).toEqual([]);
  expect((await compare(indexed(''), none)).refused).toEqual([]);
  expect((await compare(indexed(''), indexed(', unique: true'))).refused).toHaveLength(1);
});
