import { describe, expect, test } from 'vitest';
import { LossTally } from '../../../src/losses/loss-tally.ts';
import type { CollectionMapping, ColumnMapping } from '../../../src/mapping/mapping.ts';
import { lossesOf } from '../../support/losses-of.ts';
import { columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import {
  nestedDocument,
  type RawField,
  type RawValue,
  raw,
  rawDocument,
  viewOf,
} from '../../support/raw-bson.ts';

/** Losses of one value in a column of a type. */
const lossIn = (type: string, value: RawValue, given: Partial<ColumnMapping> = {}): readonly string[] =>
  lossesOf({ ...mappingOf([columnOf(type, given)]), idColumn: undefined }, [['v', value]]);

const oid = raw.objectId('65a1b2c3d4e5f60718293a4b');
const uuid = '00112233-4455-6677-8899-aabbccddeeff';

describe('scalar columns', () => {
  test.each<[string, RawValue, readonly string[]]>([
    ['integer', raw.int32(5), []],
    ['bigint', raw.int64(5n), []],
    ['bigint', raw.int32(5), ['v integer-width']],
    ['integer', raw.int64(5n), ['v integer-width']],
    ['integer', raw.double(-0), ['v negative-zero', 'v number-type']],
    ['bigint', raw.timestamp(1, 2), ['v type-changed']],
    ['numeric', raw.int32(5), ['v number-type']],
    ['numeric', raw.decimal(125n, -2), []],
    ['numeric', raw.decimal(1n, 3), ['v decimal-form']],
    ['numeric(10,2)', raw.decimal(12n, -1), ['v decimal-form']],
    ['numeric', raw.string('12.5'), ['v type-changed']],
    ['double precision', raw.double(Number.NaN), []],
    ['double precision', raw.int32(5), ['v number-type']],
    ['text', raw.string('x'), []],
    ['text', oid, ['v type-changed']],
    ['text', raw.regex('a', 'i'), ['v type-changed']],
    ['uuid', raw.uuid(uuid), []],
    ['uuid', raw.string(uuid), ['v type-changed']],
    ['bytea', raw.binary(Buffer.from('x')), []],
    ['bytea', raw.binary(Buffer.from('x'), 5), ['v binary-subtype']],
    ['timestamptz', raw.date(1), []],
    ['timestamptz', raw.timestamp(1, 2), ['v timestamp-increment', 'v type-changed']],
    ['time', raw.string('10:00:00.5'), []],
    ['time', raw.string('10:00:00.50'), ['v type-changed']],
    ['text', raw.null(), ['v null-as-missing']],
    ['text[]', raw.array([raw.string('a'), raw.null()]), []],
    ['bigint[]', raw.array([raw.int64(1n), raw.int32(2)]), ['v integer-width']],
  ])('%s takes %o', (type, value, expected) => {
    expect(lossIn(type, value)).toEqual(expected);
  });

  test('a default tells null and missing apart, and hides the missing', () => {
    expect(lossIn('text', raw.null(), { default: 'x' })).toEqual([]);
    expect(lossIn('text', raw.null(), { default: 'x', nullDefault: true })).toEqual(['v filled-in']);
    expect(lossesOf(mappingOf([columnOf('text', { default: 'x' })]), [])).toEqual(['v filled-in']);
  });

  test('policies', () => {
    expect(lossIn('text', raw.string('a\0'), { nul: 'strip' })).toEqual(['v nul-stripped']);
    expect(lossIn('text', raw.string('a\0'), { nul: 'escape' })).toEqual([]);
    expect(lossIn('integer', raw.string('a'), { mismatch: 'null' })).toEqual(['v mismatch-null']);
    expect(lossIn('text', raw.string('a'), { transform: 'upper' })).toEqual(['v computed']);
  });
});

describe('converts', () => {
  test.each<[string, ColumnMapping['convert'], RawValue, readonly string[]]>([
    ['uuid', 'uuidv5', oid, ['v hashed']],
    ['uuid', 'uuidv5', raw.uuid(uuid), []],
    ['text', 'uuidv5', raw.string(uuid), []],
    ['text', 'hex', oid, []],
    ['text', 'ejson', oid, []],
    ['text', 'ejson', raw.int32(1), ['v number-type']],
    ['text', 'ejson', raw.int64(1n), []],
    [
      'text',
      'ejson',
      raw.document([
        ['n', raw.double(1)],
        ['a', raw.double(1.5)],
      ]),
      ['v.n number-type'],
    ],
    ['timestamptz', 'epoch-s', raw.int32(1), ['v type-changed']],
    ['bigint', 'epoch-ms', raw.date(1), ['v type-changed']],
    ['double precision', 'epoch-s', raw.date(1), ['v type-changed']],
    ['double precision', 'epoch-s', raw.int32(1), ['v number-type']],
    ['double precision', 'epoch-s', raw.double(1), []],
    ['text', 'iso', raw.date(1), ['v type-changed']],
    ['text', 'base64', raw.binary(Buffer.from('x'), 3), ['v binary-subtype']],
    ['bytea', 'base64', raw.string('eA=='), []],
  ])('%s by %s', (type, convert, value, expected) => {
    expect(lossIn(type, value, { convert })).toEqual(expected);
  });
});

describe('json', () => {
  const unordered = raw.document([
    ['long', raw.int32(1)],
    [
      'b',
      raw.document([
        ['a', raw.double(1)],
        ['b', raw.string('')],
      ]),
    ],
  ]);

  test('key order is that of jsonb: by length, then by bytes', () => {
    expect(lossIn('jsonb', unordered, { json: 'canonical' })).toEqual(['v key-order']);
    expect(lossIn('json', unordered, { json: 'canonical' })).toEqual([]);
    expect(lossIn('jsonb', unordered)).toEqual(['v key-order', 'v.b.a number-type']);
  });

  test('natural forms that do not lead back', () => {
    const value = raw.array([
      raw.document([
        ['a', raw.date(1)],
        ['b', oid],
        ['c', raw.decimal(15n, -1)],
        ['d', raw.double(Number.NaN)],
        ['e', raw.int64(1n)],
        ['f', raw.timestamp(1, 1)],
        ['g', raw.binary(Buffer.from('x'), 6)],
        ['h', raw.int64(2n ** 40n)],
      ]),
    ]);
    expect(lossIn('jsonb', value)).toEqual([
      'v.a type-changed',
      'v.b type-changed',
      'v.c number-type',
      'v.d type-changed',
      'v.e integer-width',
      'v.g binary-subtype',
      'v.g type-changed',
    ]);
    expect(lossIn('jsonb', value, { json: 'canonical' })).toEqual([]);
  });

  test('a document that looks like Extended JSON, equal keys, odd array keys', () => {
    const wrapper = raw.document([['$oid', raw.string('x')]]);
    expect(lossIn('jsonb', wrapper)).toEqual([]);
    expect(lossIn('jsonb', wrapper, { json: 'canonical' })).toEqual(['v extended-json-key']);
    const twice = raw.document([
      ['a', raw.int32(1)],
      ['a', raw.int32(2)],
    ]);
    const last = { ...mappingOf([columnOf('jsonb')]), duplicates: 'last' as const };
    expect(lossesOf(last, [['v', twice]])).toEqual(['v duplicate-key']);
    const array = { ...raw.document([['1', raw.int32(1)]]), type: 4 };
    expect(lossIn('jsonb', array)).toEqual(['v array-keys']);
  });

  test('2,000 levels are no problem', () => {
    const deep = { type: 3, bytes: nestedDocument(1999) };
    expect(lossIn('jsonb', deep)).toEqual([]);
    expect(lossIn('text', deep, { convert: 'ejson' })).toEqual([]);
  });
});

describe('sources', () => {
  const both = (given: Partial<ColumnMapping> = {}, rest = true): CollectionMapping => ({
    ...mappingOf([columnOf('text', { from: [pathSource('a'), pathSource('b')], ...given })], {
      rest: rest ? { name: 'rest' } : undefined,
    }),
    idColumn: undefined,
  });

  test('a later source reads back under the first path', () => {
    expect(lossesOf(both(), [['a', raw.string('x')]])).toEqual([]);
    expect(lossesOf(both(), [['b', raw.string('x')]])).toEqual(['a filled-in', 'b other-path']);
  });

  test('a loser is in rest when it differs, and lost when it is null or the same', () => {
    const a = ['a', raw.string('x')] as const;
    expect(lossesOf(both(), [a, ['b', raw.string('y')]])).toEqual([]);
    expect(lossesOf(both({}, false), [a, ['b', raw.string('y')]])).toEqual(['b unmapped']);
    expect(lossesOf(both(), [a, ['b', raw.string('x')]])).toEqual(['b other-path']);
    expect(lossesOf(both(), [a, ['b', raw.null()]])).toEqual(['b other-path']);
    expect(
      lossesOf(both({ skipNull: true }), [
        ['a', raw.null()],
        ['b', raw.string('x')],
      ]),
    ).toEqual(['a other-path', 'b other-path']);
  });

  test('the time of an _id fills in for a missing field', () => {
    const mapping = both({
      type: { name: 'timestamptz', array: false },
      from: [pathSource('at'), { kind: 'id-time' }],
    });
    expect(lossesOf(mapping, [['_id', oid]])).toEqual(['at filled-in']);
    expect(
      lossesOf(mapping, [
        ['_id', oid],
        ['at', raw.date(1)],
      ]),
    ).toEqual([]);
  });
});

describe('values that are kept in several places', () => {
  const named = (
    name: string,
    type: string,
    path: string[],
    given: Partial<ColumnMapping> = {},
  ): ColumnMapping => columnOf(type, { name, from: [pathSource(...path)], ...given });
  const mapping = (...columns: readonly ColumnMapping[]): CollectionMapping => ({
    ...mappingOf(columns),
    idColumn: undefined,
  });
  const address: readonly RawField[] = [
    [
      'address',
      raw.document([
        ['no', raw.int32(1)],
        ['city', raw.null()],
      ]),
    ],
  ];

  test('lose what all of them lose', () => {
    const part = named('no', 'bigint', ['address', 'no']);
    expect(lossesOf(mapping(part), address)).toEqual(['address.city unmapped', 'address.no integer-width']);
    expect(
      lossesOf(mapping(part, named('all', 'jsonb', ['address'], { json: 'canonical' })), address),
    ).toEqual([]);
    expect(
      lossesOf(mapping(named('a', 'text', ['v'], { transform: 'f' }), named('b', 'text', ['v'])), [
        ['v', raw.string('x')],
      ]),
    ).toEqual([]);
  });

  test('a column that only holds a hash covers nothing below', () => {
    const hash = named('hash', 'uuid', ['address'], { convert: 'uuidv5' });
    const no = named('no', 'integer', ['address', 'no']);
    expect(lossesOf(mapping(hash, no), address)).toContain('address hashed');
  });

  test('_id is kept exactly where no column is its own', () => {
    const fields: readonly RawField[] = [['_id', raw.int32(1)]];
    const column = named('id', 'text', ['_id'], { convert: 'ejson' });
    expect(lossesOf(mapping(column), fields)).toEqual([]);
    expect(lossesOf({ ...mapping(column), idColumn: 'id' }, fields)).toEqual(['_id number-type']);
    const own = new LossTally(mapping(column), { hasMadeIds: true });
    const made = rawDocument([['_id', raw.string('things#12')]]);
    expect(own.lossesOf(made, viewOf(made), 0)).toEqual([{ path: '_id', kind: 'filled-in' }]);
  });
});

describe('sub-documents and rest', () => {
  const inner = {
    ...mappingOf([columnOf('text', { from: [pathSource('a', 'b')] })], { rest: { name: 'rest' } }),
    idColumn: undefined,
  };

  test('an empty sub-document leaves nothing behind without rest; what is not empty reads back', () => {
    const [table] = inner.tables;
    const withoutRest = { ...inner, tables: [{ ...table!, rest: undefined }] };
    expect(lossesOf(withoutRest, [['a', raw.document([])]])).toEqual(['a empty-document']);
    expect(lossesOf(inner, [['a', raw.document([])]])).toEqual([]);
    expect(lossesOf(inner, [['a', raw.document([['c', raw.document([])]])]])).toEqual([]);
    expect(lossesOf(inner, [['a', raw.int32(5)]])).toEqual([]);
  });

  test('rest keeps everything but the order of keys', () => {
    const value = raw.document([
      ['bb', raw.int64(1n)],
      ['a', raw.string('\0')],
    ]);
    expect(lossesOf(inner, [['x', value]])).toEqual(['x key-order']);
  });
});

test('keys that are data do not fill the memory: beyond a limit they are counted together', () => {
  const mapping = { ...mappingOf([columnOf('jsonb')]), idColumn: undefined };
  const tally = new LossTally(mapping);
  const document = rawDocument([
    ['v', raw.document(Array.from({ length: 5000 }, (_, n) => [`k${10_000 + n}`, raw.double(1)] as const))],
  ]);
  tally.count(document, viewOf(document), 0);
  const losses = tally.declaredLosses();
  expect(losses.length).toBeLessThan(210);
  expect(losses).toContainEqual({ path: 'v.*', kind: 'number-type', documents: 1 });

  const wide = new LossTally({ ...mappingOf([columnOf('text')]), idColumn: undefined });
  const fields = rawDocument(Array.from({ length: 5000 }, (_, n) => [`k${n}`, raw.int32(1)] as const));
  wide.count(fields, viewOf(fields), 0);
  expect(wide.declaredLosses().length).toBeLessThan(2100);
  expect(wide.declaredLosses()).toContainEqual({ path: '*', kind: 'unmapped', documents: 1 });
});
