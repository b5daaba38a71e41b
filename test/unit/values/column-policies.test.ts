import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import {
  adjustedRow,
  columnOf,
  convertColumnOf,
  convertFields,
  mappingOf,
  pathSource,
  row,
} from '../../support/plain-conversion.ts';
import { type RawField, raw } from '../../support/raw-bson.ts';

const oid = '65a1b2c3d4e5f60718293a4b';
const rest = { name: 'rest' };

const rejected = (code: string, path: string) => expect.objectContaining({ kind: 'rejected', code, path });

describe('missing and null', () => {
  const v: RawField = ['v', raw.null()];

  it.each<[readonly RawField[], Partial<ColumnMapping>, unknown]>([
    [[], {}, row(null)],
    [[], { default: 5 }, row('5')],
    [[], { default: null }, row(null)],
    [[], { required: true }, rejected('value-required', 'v')],
    [[], { required: true, default: 5 }, row('5')],
    [[v], {}, row(null)],
    [[v], { default: 5 }, row(null)],
    [[v], { default: 5, nullDefault: true }, row('5')],
    [[v], { default: 5, required: true }, rejected('value-required', 'v')],
    [[v], { default: 5, required: true, nullDefault: true }, row('5')],
  ])('%# %j', (fields, given, expected) => {
    expect(convertColumnOf(fields, 'integer', given)).toEqual(expected);
  });

  it('makes NULL of a null in jsonb, but keeps those inside', () => {
    expect(convertColumnOf([v], 'jsonb')).toEqual(row(null));
    expect(convertColumnOf([['v', raw.array([raw.null()])]], 'jsonb')).toEqual(row('[null]'));
  });

  it('converts defaults of every kind', () => {
    expect(convertColumnOf([], 'integer[]', { default: [null, 1] })).toEqual(row('{NULL,"1"}'));
    expect(convertColumnOf([], 'jsonb', { default: { a: [1, 2.5] } })).toEqual(row('{"a":[1,2.5]}'));
    expect(convertColumnOf([], 'timestamptz', { default: '2024-01-01T00:00:00Z' })).toEqual(
      row('2024-01-01 00:00:00+00'),
    );
  });

  it('says that the mapping is wrong when a default does not fit', () => {
    expect(() => convertColumnOf([], 'integer', { default: 'x' })).toThrowError(
      expect.objectContaining({ code: 'mapping-invalid' }),
    );
  });
});

describe('from', () => {
  const from = [pathSource('a'), pathSource('sub', 'b'), { kind: 'id-time' } as const];

  it.each<[readonly RawField[], Partial<ColumnMapping>, unknown]>([
    [
      [
        ['a', raw.date(0)],
        ['sub', raw.document([['b', raw.date(1)]])],
      ],
      {},
      row('1970-01-01 00:00:00+00'),
    ],
    [[['sub', raw.document([['b', raw.date(1)]])]], {}, row('1970-01-01 00:00:00.001+00')],
    [
      [
        ['a', raw.null()],
        ['_id', raw.objectId(oid)],
      ],
      {},
      row(null),
    ],
    [
      [
        ['a', raw.null()],
        ['_id', raw.objectId(oid)],
      ],
      { skipNull: true },
      row('2024-01-12 21:44:35+00'),
    ],
    [
      [
        ['a', raw.null()],
        ['_id', raw.int32(1)],
      ],
      { skipNull: true },
      row(null),
    ],
    [[['_id', raw.objectId(oid)]], {}, row('2024-01-12 21:44:35+00')],
    [[['_id', raw.string(oid)]], {}, row(null)],
    [[['sub', raw.array([raw.document([['b', raw.date(1)]])])]], {}, row(null)],
    [[], { from: [{ kind: 'run-time' }] }, row('2026-01-02 03:04:05.678+00')],
    [[['_id', raw.date(0)]], { from: [pathSource('_id')] }, row('1970-01-01 00:00:00+00')],
  ])('%#', (fields, given, expected) => {
    expect(convertColumnOf(fields, 'timestamptz', { from, ...given })).toEqual(expected);
  });

  it('finds keys that look like paths or belong to objects', () => {
    const fields: RawField[] = [
      ['a.b', raw.int32(1)],
      ['__proto__', raw.document([['', raw.int32(2)]])],
    ];
    const columns = [
      columnOf('integer', { from: [pathSource('a.b')] }),
      columnOf('integer', { from: [pathSource('__proto__', '')] }),
      columnOf('integer', { from: [pathSource('constructor')] }),
    ];
    expect(convertFields(fields, mappingOf(columns))).toEqual(row('1', '2', null));
  });
});

describe('check', () => {
  it.each<[string, readonly (string | number | boolean)[], RawField[1], boolean]>([
    ['text', ['a', 'b'], raw.string('b'), true],
    ['text', ['a', 'b'], raw.string('B'), false],
    ['numeric', [1], raw.decimal(100n, -2), true],
    ['numeric', ['1.50'], raw.double(1.5), true],
    ['double precision', [0], raw.double(-0), true],
    ['integer', [1, 2], raw.int64(3), false],
    ['boolean', [true], raw.boolean(false), false],
    ['timestamptz', ['2024-01-01T01:00:00+01:00'], raw.date('2024-01-01T00:00:00Z'), true],
    ['text', ['a'], raw.null(), true],
  ])('%s %j %#', (type, check, value, passes) => {
    const outcome = convertColumnOf([['v', value]], type, { check });
    if (passes) expect(outcome.kind).toBe('rows');
    else expect(outcome).toEqual(rejected('value-check-failed', 'v'));
  });

  it('is not got over by a mismatch policy', () => {
    const given = { check: ['a'], mismatch: 'null' } as const;
    expect(convertColumnOf([['v', raw.string('b')]], 'text', given)).toEqual(
      rejected('value-check-failed', 'v'),
    );
  });
});

describe('mismatch', () => {
  const fields: RawField[] = [['v', raw.string('x')]];

  it('rejects with code and path, and with a reason that has no value in it', () => {
    const outcome = convertColumnOf([['v', raw.string('secret')]], 'integer');
    expect(outcome).toEqual(rejected('value-mismatch', 'v'));
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  it('makes NULL and counts it', () => {
    expect(convertColumnOf(fields, 'integer', { mismatch: 'null' })).toEqual(
      adjustedRow([null], { column: 'c', kind: 'mismatch-null' }),
    );
  });

  it('keeps the value in rest under its own path', () => {
    const column = columnOf('integer', { mismatch: 'rest', from: [pathSource('sub', 'v')] });
    const document: RawField[] = [
      [
        'sub',
        raw.document([
          ['v', raw.int64(2n ** 40n)],
          ['w', raw.null()],
        ]),
      ],
    ];
    expect(convertFields(document, mappingOf([column], { rest }))).toEqual(
      adjustedRow(
        [null, '{"sub":{"v":{"$numberLong":"1099511627776"},"w":null}}'],
        { column: 'c', kind: 'mismatch-rest' },
        { column: 'rest', kind: 'unmapped-rest', path: 'sub.w' },
      ),
    );
  });

  it.each(['null', 'rest'] as const)('rejects all the same in a required column: %s', (mismatch) => {
    const column = columnOf('integer', { mismatch, required: true });
    expect(convertFields(fields, mappingOf([column], { rest }))).toEqual(rejected('value-mismatch', 'v'));
  });

  it('does not get over text that is not UTF-8', () => {
    const bad: RawField[] = [['v', raw.string(Buffer.from([0xff]))]];
    expect(convertColumnOf(bad, 'text', { mismatch: 'null' })).toEqual(rejected('value-invalid-utf8', 'v'));
  });
});

describe('nul', () => {
  const text = 'a\\b\0c';
  const nested = raw.array([raw.string('x'), raw.document([['k', raw.string(text)]])]);

  it.each<[string, RawField[1], ColumnMapping['nul'], unknown]>([
    ['text', raw.string(text), 'reject', rejected('value-nul-character', 'v')],
    ['text', raw.string(text), 'strip', 'a\\bc'],
    ['text', raw.string(text), 'escape', 'a\\\\b\\0c'],
    ['text', raw.symbol('\0'), 'escape', '\\0'],
    ['text[]', raw.array([raw.string(text)]), 'reject', rejected('value-nul-character', 'v.0')],
    ['text[]', raw.array([raw.string(text)]), 'escape', '{"a\\\\\\\\b\\\\0c"}'],
    ['jsonb', nested, 'reject', rejected('value-nul-character', 'v.1.k')],
    ['jsonb', nested, 'strip', '["x",{"k":"a\\\\bc"}]'],
    ['json', nested, 'escape', '["x",{"k":"a\\\\\\\\b\\\\0c"}]'],
    ['jsonb', raw.code('\0'), 'reject', rejected('value-nul-character', 'v')],
    ['varchar(3)', raw.string('a\0b'), 'escape', rejected('value-out-of-range', 'v')],
    ['varchar(2)', raw.string('a\0b'), 'strip', 'ab'],
    ['uuid', raw.string('\0'), 'strip', rejected('value-mismatch', 'v')],
  ])('%s %# under %s', (type, value, nul, expected) => {
    const outcome = convertColumnOf([['v', value]], type, { nul });
    if (typeof expected !== 'string') {
      expect(outcome).toEqual(expected);
      return;
    }
    const kind = nul === 'strip' ? 'nul-stripped' : 'nul-escaped';
    expect(outcome).toEqual(adjustedRow([expected], { column: 'c', kind }));
  });

  it('doubles backslashes of every text in an escaped column, and counts those with NUL', () => {
    expect(convertColumnOf([['v', raw.string('\\0')]], 'text', { nul: 'escape' })).toEqual(row('\\\\0'));
    expect(convertColumnOf([['v', raw.regex('\\d', '')]], 'text', { nul: 'escape' })).toEqual(row('/\\\\d/'));
  });

  it('keeps the value in rest, escaped in a form of its own', () => {
    const column = columnOf('jsonb', { nul: 'rest' });
    expect(convertFields([['v', nested]], mappingOf([column], { rest }))).toEqual(
      adjustedRow([null, '{"v":["x",{"k":{"$docrowNul":"a\\\\\\\\b\\\\0c"}}]}'], {
        column: 'c',
        kind: 'nul-rest',
      }),
    );
  });
});
