import {
  Binary,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlFor } from '../../../support/propose.ts';

interface Column {
  readonly type?: string;
  readonly json?: string;
  readonly convert?: string;
  readonly nul?: string;
}

/** The column proposed for the field `v`, and the tables that there are. */
async function proposed(
  values: readonly unknown[],
  ids?: readonly unknown[],
): Promise<{ v: Column | undefined; id: Column; tables: string[] }> {
  const documents = values.map(
    (v, i): Document => ({ _id: ids?.[i] ?? new ObjectId(), ...(v === undefined ? {} : { v }) }),
  );
  const tables = parse(await yamlFor(documents)).tables as Record<
    string,
    { columns: Record<string, Column> }
  >;
  const columns = tables['things']!.columns;
  return { v: columns['v'], id: columns['id']!, tables: Object.keys(tables) };
}

const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test.for<[string, unknown[], Column]>([
  ['int32', [new Int32(1), null], { type: 'integer' }],
  ['int32 and int64', [new Int32(1), Long.fromNumber(2)], { type: 'bigint' }],
  ['int32 and integral doubles', [new Int32(1), new Double(2)], { type: 'bigint' }],
  ['doubles alone', [new Double(1), new Double(2)], { type: 'double precision' }],
  ['int32 and fractions', [new Int32(1), new Double(0.5)], { type: 'double precision' }],
  ['large int64 and fractions', [Long.fromString('9007199254740993'), new Double(0.5)], { type: 'numeric' }],
  ['-0 beside integers', [new Int32(1), new Double(-0)], { type: 'double precision' }],
  ['Decimal128 and int32', [Decimal128.fromString('1.10'), new Int32(1)], { type: 'numeric' }],
  [
    '-0 beside Decimal128',
    [Decimal128.fromString('1.10'), new Double(-0)],
    { type: 'jsonb', json: 'canonical' },
  ],
  ['texts', ['a', '12', ''], { type: 'text' }],
  ['texts with NUL', ['a\0', 'b'], { type: 'text', nul: 'escape' }],
  ['texts that are numbers', ['1', '2'], { type: 'text' }],
  ['UUID texts', ['8c57f588-04b7-4394-819a-cb50b48d95cb'], { type: 'uuid' }],
  ['UUIDs', [new UUID()], { type: 'uuid' }],
  ['dates and RFC 3339', [new Date(0), '2024-01-02T03:04:05Z'], { type: 'timestamptz' }],
  ['texts without an offset', ['2024-01-02T03:04:05'], { type: 'text' }],
  ['dates and other texts', [new Date(0), 'soon'], { type: 'jsonb', json: 'canonical' }],
  ['a date beyond PostgreSQL', [new Date(-8.64e15)], { type: 'jsonb', json: 'canonical' }],
  ['ObjectIds', [new ObjectId()], { type: 'text', convert: 'hex' }],
  ['ObjectIds and texts', [new ObjectId(), 'a'], { type: 'jsonb', json: 'canonical' }],
  ['binary', [new Binary(Buffer.from([1]), 0)], { type: 'bytea' }],
  ['binary of a subtype', [new Binary(Buffer.from([1]), 5)], { type: 'jsonb', json: 'canonical' }],
  ['booleans', [true, false], { type: 'boolean' }],
  ['timestamps', [new Timestamp(1n)], { type: 'jsonb', json: 'canonical' }],
  ['MinKey', [new MinKey()], { type: 'jsonb', json: 'canonical' }],
  ['nulls', [null, null], { type: 'jsonb', json: 'canonical' }],
  ['empty arrays', [[], []], { type: 'jsonb', json: 'canonical' }],
  ['arrays of integers and nulls', [[new Int32(1), null], []], { type: 'integer[]' }],
  ['arrays of several types', [[new Int32(1), 'a']], { type: 'jsonb' }],
  ['an array or a text', [['a'], 'a'], { type: 'jsonb' }],
  ['documents that are mostly empty', [{ a: 'x' }, {}, {}], { type: 'jsonb' }],
  ['documents with an integral double', [{ a: new Double(1) }, {}, {}], { type: 'jsonb', json: 'canonical' }],
  ['documents with a date', [{ a: new Date(0) }, {}, {}], { type: 'jsonb', json: 'canonical' }],
  ['documents with NUL inside', [{ a: ['\0'] }, {}, {}], { type: 'jsonb', nul: 'escape' }],
  ['a few that do not fit', [...many(299, new Int32(1)), 'x'], { type: 'integer' }],
  ['a few that would be mistaken', [...many(299, 'x'), new ObjectId()], { type: 'jsonb', json: 'canonical' }],
])('%s', async ([, values, column]) => {
  const { from, ...v } = (await proposed(values)).v as Column & { from: string };
  expect(from).toBe('v');
  expect(v).toEqual(column);
});

describe('_id', () => {
  test.for<[string, unknown[], Column]>([
    ['ObjectIds', [new ObjectId(), new ObjectId()], { type: 'text', convert: 'hex' }],
    ['int32', [new Int32(1), new Int32(2)], { type: 'integer' }],
    ['int64', [Long.fromString('4294967296'), new Int32(2)], { type: 'bigint' }],
    ['doubles', [new Double(0.5), new Double(1)], { type: 'text', convert: 'ejson' }],
    ['texts', ['a', 'b'], { type: 'text' }],
    ['texts with NUL', ['a\0', 'b'], { type: 'text', convert: 'ejson' }],
    ['long texts', ['a'.repeat(3000), 'b'], { type: 'uuid', convert: 'uuidv5' }],
    ['UUIDs', [new UUID(), new UUID()], { type: 'uuid' }],
    ['texts and ObjectIds', ['a', new ObjectId()], { type: 'text', convert: 'ejson' }],
    ['documents', [{ a: 1 }, { a: 2 }], { type: 'text', convert: 'ejson' }],
    ['null', [null, 'a'], { type: 'text', convert: 'ejson' }],
  ])('%s', async ([, ids, column]) => {
    const documents = ids.map((_id): Document => ({ _id }));
    const { tables } = parse(await yamlFor(documents)) as { tables: { things: { columns: { id: Column } } } };
    const { from, ...id } = tables.things.columns.id as Column & { from: string };
    expect(from).toBe('_id');
    expect(id).toEqual(column);
  });
});

describe('tables', () => {
  test('sub-documents of one shape are columns, changing ones and maps jsonb', async () => {
    const yaml = parse(
      await yamlFor([
        { _id: 1, home: { city: 'a', geo: { lat: 1.5 } }, scores: { v0: 1, v1: 2 }, odd: { a: 1, b: 2 } },
        { _id: 2, home: { city: 'b', geo: { lat: 2.5 } }, scores: { v0: 1 }, odd: { c: 1, d: 2 } },
      ]),
    ).tables.things.columns;
    expect(Object.keys(yaml)).toEqual(['id', 'home_city', 'home_geo_lat', 'scores', 'odd']);
  });

  test('a sub-document that would look like a missing one stays whole', async () => {
    const columns = async (documents: Document[]): Promise<string[]> =>
      Object.keys(parse(await yamlFor(documents)).tables.things.columns);
    expect(await columns([{ _id: 1, a: { b: 1, c: null } }, { _id: 2 }])).toEqual(['id', 'a_b', 'a_c']);
    expect(await columns([{ _id: 1, a: { b: null, c: null } }, { _id: 2 }])).toEqual(['id', 'a']);
    expect(await columns([{ _id: 1, a: { b: 1 } }, { _id: 2, a: {} }, { _id: 3 }])).toEqual(['id', 'a_b']);
  });

  test('arrays of documents, of arrays and of ObjectIds are child tables, in each other too', async () => {
    const { tables } = parse(
      await yamlFor([
        {
          _id: 1,
          lines: [{ sku: 'a', taxes: [{ rate: 1 }] }],
          friends: [new ObjectId()],
          area: [[[1.5, 2.5]], [[1.5, 2.5]]],
        },
      ]),
    );
    expect(Object.keys(tables)).toEqual([
      'things',
      'thing_lines',
      'thing_line_taxes',
      'thing_friends',
      'thing_area',
      'thing_area_items',
    ]);
    expect(tables.thing_line_taxes).toMatchObject({
      each: 'taxes',
      parent: 'thing_lines',
      key: ['thing_id', 'thing_line_position', 'position'],
      rest: 'extra',
      mismatch: 'rest',
    });
    expect(tables.thing_friends.columns.value).toEqual({ from: '$item', type: 'text', convert: 'hex' });
    expect(tables.thing_area_items).toMatchObject({
      each: '$item',
      columns: { values: { from: '$item', type: 'double precision[]' } },
    });
  });
});
