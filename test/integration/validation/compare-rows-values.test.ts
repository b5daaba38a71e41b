import { Binary, Decimal128, Double, Long, ObjectId, serialize } from 'bson';
import { beforeEach, describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareRowsDirectly, differenceLines } from '../../support/compare-rows-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query } = pipeline;

const compare = (collection: string, ids?: readonly object[]) =>
  compareRowsDirectly(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    collection,
    ids === undefined ? {} : { ids: idsOf(ids) },
  );

async function* idsOf(ids: readonly object[]) {
  yield ids.map((id) => serialize(id));
}

const values = mappingYaml({
  collection: 'values',
  key: ['d', 'n'],
  columns: [
    // Names that a statement might use itself.
    'd: { from: _id, type: text, convert: ejson, unique: true, required: true }',
    'n: { from: n, type: integer }',
    'money: { from: money, type: "numeric(12,2)" }',
    'exact: { from: exact, type: numeric }',
    'real: { from: real, type: double precision }',
    'short: { from: short, type: "varchar(8)" }',
    'text: { from: text, type: text }',
    'bytes: { from: bytes, type: bytea }',
    'at: { from: at, type: timestamptz }',
    'day: { from: day, type: date }',
    'list: { from: list, type: "text[]" }',
    'numbers: { from: numbers, type: "integer[]" }',
    'tree: { from: tree, type: jsonb }',
    'raw: { from: raw, type: json }',
    'flag: { from: flag, type: boolean, default: true }',
    'big: { from: big, type: bigint }',
  ],
  more: ['rest: { column: extra, type: jsonb }'],
});

const valuesDocument = (n: number) => ({
  _id: new ObjectId(String(n).padStart(24, '0')),
  n,
  money: Decimal128.fromString('1.10'),
  exact: Decimal128.fromString(n % 2 === 0 ? '1.100' : 'NaN'),
  real: new Double(n % 3 === 0 ? -0 : Number.NaN),
  short: 'Zürich',
  text: `a "quoted" \\ text, {NULL} ${n}`,
  bytes: new Binary(Buffer.from([0, 1, 2, 254, 255])),
  at: new Date(n % 2 === 0 ? '2024-02-29T12:34:56.789Z' : -99_999_999_999_999),
  day: new Date('2024-02-29T00:00:00Z'),
  list: ['a', null, 'NULL', '', 'b,c'],
  numbers: [1, 2, 3],
  tree: { b: [1, 2.5, { x: null }], a: 'x' },
  raw: { z: 1, a: [true, 'y'] },
  ...(n % 2 === 0 ? { flag: false } : {}),
  big: Long.fromString('9007199254740993'),
  more: { deep: [1, { y: Decimal128.fromString('2.50') }] },
});

describe('values of all types', () => {
  beforeEach(async () => {
    pipeline.project = createProject(
      { 'mappings/values.yaml': values },
      { values: Array.from({ length: 700 }, (_, n) => valuesDocument(n)) },
    );
    expect(await migrate()).toMatchObject({ exitCode: 0, totals: { loaded: 700 } });
  });

  const faults: readonly (readonly [string, string, string, string])[] = [
    ['one bit of a bytea', 'bytes', "'\\x000102feff'::bytea", 'set_byte(bytes, 4, 254)'],
    ['a digit', 'money', '1.10', '1.11'],
    ['a sign', 'money', '1.10', '-money'],
    ['a scale', 'exact', '1.100', '1.10'],
    ['the sign of zero', 'real', '-0', '0'],
    ['a character', 'short', 'Zürich', "'Zurich'"],
    ['an empty text for a text', 'text', 'a "quoted" \\ text, {NULL} 6', "''"],
    ['NULL for a text', 'text', 'a "quoted" \\ text, {NULL} 6', 'null'],
    ['a millisecond', 'at', '2024-02-29 12:34:56.789+00', "at + interval '1 millisecond'"],
    ['a day', 'day', '2024-02-29', 'day + 1'],
    ['two elements swapped', 'numbers', '{1,2,3}', "'{1,3,2}'"],
    ['bounds of an array', 'numbers', '{1,2,3}', "'[0:2]={1,2,3}'"],
    ['an empty array for NULL in one', 'list', '{a,NULL,"NULL","","b,c"}', '\'{a,NULL,NULL,"","b,c"}\''],
    [
      'a number in jsonb',
      'tree',
      '{"a": "x", "b": [1, 2.5, {"x": null}]}',
      "jsonb_set(tree, '{b,1}', '2.50')",
    ],
    ['the order of keys in json', 'raw', '{"z":1,"a":[true,"y"]}', '\'{"a":[true,"y"],"z":1}\''],
    ['null for a default', 'flag', 'false', 'null'],
    ['a digit beyond doubles', 'big', '9007199254740993', '9007199254740992'],
    [
      'a value in the rest column',
      'extra',
      '{"more": {"deep": [{"$numberInt": "1"}, {"y": {"$numberDecimal": "2.50"}}]}}',
      "jsonb_set(extra, '{more,deep,1,y}', '2.5')",
    ],
    [
      '{} for a rest column',
      'extra',
      '{"more": {"deep": [{"$numberInt": "1"}, {"y": {"$numberDecimal": "2.50"}}]}}',
      "'{}'",
    ],
  ];

  test('are equal, and each planted fault is found at its row and column', async () => {
    const clean = await compare('values');
    expect(differenceLines(clean)).toEqual([]);
    expect(clean).toMatchObject({ documents: 700, truncated: false, notCovered: [] });
    expect(clean.tables).toEqual([
      { table: 'values', expectedRows: 700, actualRows: 700, missing: 0, extra: 0, changed: 0 },
    ]);
    for (const [name, column, expected, change] of faults) {
      await query('create table kept as select * from "values" where n = 6');
      await query(`update "values" set "${column}" = ${change} where n = 6`);
      const outcome = await compare('values');
      expect({ name, count: outcome.differences.length, tables: outcome.tables[0] }).toMatchObject({
        name,
        count: 1,
        tables: { changed: 1, missing: 0, extra: 0, actualRows: 700 },
      });
      const [difference] = outcome.differences;
      const shown = column === 'bytes' ? '\\x000102feff' : expected;
      expect({ name, ...difference }).toMatchObject({
        name,
        kind: 'changed-value',
        table: 'values',
        column,
        expected: shown,
        key: { d: '{"$oid":"000000000000000000000006"}', n: '6' },
        id: '{"$oid":"000000000000000000000006"}',
        state: 'standing',
      });
      expect(difference!.actual).not.toBe(shown);
      expect(
        differenceLines(await compare('values', [{ _id: new ObjectId('000000000000000000000006') }])),
      ).toEqual(differenceLines(outcome));
      await query(
        'delete from "values" where n = 6; insert into "values" select * from kept; drop table kept',
      );
    }
    expect(differenceLines(await compare('values'))).toEqual([]);
  }, 120_000);

  test('a pair of values swapped between rows keeps all sums and is found', async () => {
    await query(
      'update "values" set text = case n when 3 then (select text from "values" where n = 4) else (select text from "values" where n = 3) end where n in (3, 4)',
    );
    expect(differenceLines(await compare('values'))).toEqual([
      'changed-value values {"$oid":"000000000000000000000003"} 3 text: a "quoted" \\ text, {NULL} 3 -> a "quoted" \\ text, {NULL} 4',
      'changed-value values {"$oid":"000000000000000000000004"} 4 text: a "quoted" \\ text, {NULL} 4 -> a "quoted" \\ text, {NULL} 3',
    ]);
  });

  test('what a wrong encoder would write, in every row of a kind, is seen: the conversion shares nothing with it', async () => {
    // As if the milliseconds before 1970 were rounded towards zero.
    await query('update "values" set at = at + interval \'1 second\' where n % 2 = 1');
    const outcome = await compare('values');
    expect(outcome.tables[0]).toMatchObject({ changed: 350, missing: 0, extra: 0 });
    expect(outcome.differences[0]).toMatchObject({ column: 'at', expected: expect.stringContaining('BC') });
  });

  test('more than 1,000 differences are counted, and the first are kept', async () => {
    await query('update "values" set big = 1, short = null');
    const outcome = await compare('values');
    expect(outcome).toMatchObject({ truncated: true });
    expect(outcome.differences).toHaveLength(1000);
    expect(outcome.tables[0]).toMatchObject({ changed: 700, actualRows: 700 });
  });

  test('a changed key is a row that is missing and one that is too many', async () => {
    await query('update "values" set n = 9999 where n = 8');
    const id = '{"$oid":"000000000000000000000008"}';
    const lines = [`extra-row values ${id} 9999`, `missing-row values ${id} 8`];
    expect(differenceLines(await compare('values'))).toEqual(lines);
    expect(
      differenceLines(await compare('values', [{ _id: new ObjectId('000000000000000000000008') }])),
    ).toEqual(lines);
  });

  test('rows of another table are refused by name', async () => {
    await query('alter table "values" drop column big');
    await expect(compare('values')).rejects.toMatchObject({ code: 'target-table-differs' });
    await query('drop table "values"');
    await expect(compare('values')).rejects.toMatchObject({ code: 'target-table-differs' });
  });
});
