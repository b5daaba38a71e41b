import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import {
  encodeColumnOf,
  encodeFields,
  encodeOutcome,
  encoderOf,
  memoryOf,
  rowOf,
} from '../../support/fast-encoder.ts';
import {
  adjustedRow,
  columnOf,
  mappingOf,
  pathSource,
  row,
  runTime,
} from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const oid = '65a1b2c3d4e5f60718293a4b';
const rest = { name: 'rest' };
const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });

describe('missing values and null', () => {
  it.each<[RawField[], string, Partial<ColumnMapping>, unknown]>([
    [[], 'integer', {}, row(null)],
    [[], 'integer', { default: 5 }, row('5')],
    [[['v', raw.null()]], 'integer', { default: 5 }, row(null)],
    [[['v', raw.null()]], 'integer', { default: 5, nullDefault: true }, row('5')],
    [[], 'integer', { required: true }, rejected('value-required', 'v')],
    [[['v', raw.null()]], 'integer', { required: true }, rejected('value-required', 'v')],
    [[['v', raw.null()]], 'jsonb', { required: true }, rejected('value-required', 'v')],
    [[], 'integer', { required: true, default: 5 }, row('5')],
    [[], 'bigint', { default: 2n ** 60n }, row('1152921504606846976')],
    [[], 'integer[]', { default: [1, null, 2] }, row('{"1",NULL,"2"}')],
    [[], 'text[]', { default: [] }, row('{}')],
    [[], 'jsonb', { default: { a: [1, 2.5, 'x', null] } }, row('{"a":[1,2.5,"x",null]}')],
    [[], 'text', { default: 'x'.repeat(5000) }, row('x'.repeat(5000))],
    [[], 'uuid', { default: oid, convert: 'uuidv5' }, 'mapping-invalid'],
    [
      [],
      'timestamptz',
      { default: '2024-02-29T00:00:00Z', convert: 'epoch-ms' },
      row('2024-02-29 00:00:00+00'),
    ],
    [[['v', raw.undefined()]], 'integer', { default: 5 }, rejected('value-mismatch', 'v')],
  ])('%# %s', (fields, type, given, expected) => {
    const outcome = (): unknown => encodeColumnOf(fields, type, given);
    if (expected === 'mapping-invalid') expect(outcome).toThrow(/default of column c/);
    else expect(outcome()).toEqual(expected);
  });
});

describe('check', () => {
  it.each<[string, ColumnMapping['check'], RawValue, boolean]>([
    ['text', ['a', 'b'], raw.string('b'), true],
    ['text', ['a', 'b'], raw.string('c'), false],
    ['text', ['a'], raw.null(), true],
    ['numeric', [1, '2.50'], raw.decimal(100n, -2), true],
    ['numeric', [1, '2.50'], raw.double(2.5), true],
    ['numeric', [1], raw.double(-1), false],
    ['numeric', [0], raw.decimalBits(0xb036n << 48n, 0n), true],
    ['double precision', [0, 1.5], raw.double(-0), true],
    ['double precision', [0, 1.5], raw.double(Number.NaN), false],
    ['real', [0], raw.double(-0), true],
    ['real', [1.5], raw.int32(1), false],
    ['bigint', [1], raw.double(1), true],
    ['boolean', [true], raw.string('true'), true],
    [
      'uuid',
      ['A0112233-4455-6677-8899-AABBCCDDEEFF'],
      raw.uuid('a0112233-4455-6677-8899-aabbccddeeff'),
      true,
    ],
    ['timestamptz', ['2024-02-29T01:00:00+01:00'], raw.date('2024-02-29T00:00:00Z'), true],
  ])('%s %#', (type, check, value, passes) => {
    const outcome = encodeColumnOf([['v', value]], type, { check });
    expect(outcome).toMatchObject(passes ? { kind: 'rows' } : rejected('value-check-failed', 'v'));
  });

  it('rejects whatever the policies for mismatches', () => {
    expect(encodeColumnOf([['v', raw.int32(3)]], 'integer', { check: [1, 2], mismatch: 'null' })).toEqual(
      rejected('value-check-failed', 'v'),
    );
  });

  it('compares after the `nul` policy, with allowed values of any length', () => {
    const long = 'x'.repeat(100_000);
    const given = { check: [long, 'a\\b'], nul: 'escape' } as const;
    expect(encodeColumnOf([['v', raw.string(long)]], 'text', given)).toEqual(row(long));
    expect(encodeColumnOf([['v', raw.string('a\\b')]], 'text', given)).toEqual(row('a\\\\b'));
  });
});

describe('a list of sources', () => {
  const column = (given: Partial<ColumnMapping> = {}): ColumnMapping =>
    columnOf('jsonb', { from: [pathSource('new'), pathSource('sub', 'old'), pathSource('_id')], ...given });
  const fields = (values: Record<string, RawValue>): RawField[] =>
    Object.entries(values).map(([key, value]) =>
      key === 'old' ? ['sub', raw.document([['old', value]])] : [key, value],
    );
  const outcome = (values: Record<string, RawValue>, given: Partial<ColumnMapping> = {}) =>
    encodeFields(fields(values), mappingOf([column(given)], { rest }));

  it('gives the first that is there, and what lost goes to rest', () => {
    const lost = { column: 'rest', kind: 'unmapped-rest', path: 'sub.old' } as const;
    expect(outcome({ new: raw.int32(1), old: raw.int32(2), _id: raw.int32(3) })).toEqual(
      adjustedRow(['1', '{"sub":{"old":{"$numberInt":"2"}}}'], lost),
    );
    expect(outcome({ _id: raw.int32(3), old: raw.int32(2) })).toEqual(row('2', null));
    expect(outcome({ new: raw.null(), old: raw.int32(2) })).toEqual(
      adjustedRow([null, '{"sub":{"old":{"$numberInt":"2"}}}'], lost),
    );
  });

  it('skips null on demand', () => {
    const given = { skipNull: true };
    expect(outcome({ new: raw.null(), old: raw.null(), _id: raw.int32(3) }, given)).toEqual(row('3', null));
    expect(outcome({ new: raw.null(), old: raw.null() }, given)).toEqual(row(null, null));
  });

  it('takes the first of several nulls, also when a transform makes something of it', () => {
    const given = {
      skipNull: true,
      type: columnOf('integer').type,
      transform: 'f',
      mismatch: 'rest',
    } as const;
    const fieldsOf: RawField[] = [
      ['sub', raw.document([['old', raw.null()]])],
      ['new', raw.null()],
    ];
    const mapping = mappingOf([column(given)], { rest });
    expect(rowOf(encodeFields(fieldsOf, mapping, new Map([['f', () => 'x']])))).toEqual([
      null,
      '{"new":null}',
    ]);
  });

  it('loses nothing that is null or the same', () => {
    expect(outcome({ new: raw.int32(1), old: raw.int32(1) })).toEqual(row('1', null));
    expect(outcome({ new: raw.int32(1), old: raw.null() })).toEqual(row('1', null));
    expect(rowOf(outcome({ new: raw.int32(1), old: raw.int64(1) }))).toEqual([
      '1',
      '{"sub":{"old":{"$numberLong":"1"}}}',
    ]);
  });

  it('loses nothing that another column has, single or by its own list', () => {
    const list = (name: string, ...keys: string[]) =>
      columnOf('integer', { name, from: keys.map((key) => pathSource(key)) });
    const values: RawField[] = [
      ['a', raw.int32(1)],
      ['b', raw.int32(2)],
      ['c', raw.int32(3)],
    ];
    const of = (...columns: ColumnMapping[]) => rowOf(encodeFields(values, mappingOf(columns, { rest })));
    expect(of(list('x', 'a', 'b'), list('y', 'b'), list('z', 'c'))).toEqual(['1', '2', '3', null]);
    expect(of(list('x', 'a', 'b'), list('y', 'b', 'c'))).toEqual(['1', '2', '{"c":{"$numberInt":"3"}}']);
    expect(of(list('x', 'a', 'b'), list('y', 'a', 'b'), list('z', 'c'))).toEqual([
      '1',
      '1',
      '3',
      '{"b":{"$numberInt":"2"}}',
    ]);
  });

  it('without rest sets the document aside for what lost, under its own path', () => {
    const mapping = mappingOf([column()], { unmapped: 'reject' });
    expect(encodeFields(fields({ new: raw.int32(1), old: raw.int32(2) }), mapping)).toEqual(
      rejected('document-unmapped-field', 'sub.old'),
    );
  });

  it('knows the times of $idTime and $runTime, and a field with the same time is not lost', () => {
    const time = (values: Record<string, RawValue>, first: 'id-time' | 'run-time') =>
      encodeFields(
        fields(values),
        mappingOf([columnOf('timestamptz', { from: [{ kind: first }, pathSource('new')] })], { rest }),
      );
    const ofId = raw.date(BigInt(Number.parseInt(oid.slice(0, 8), 16)) * 1000n);
    expect(time({ _id: raw.objectId(oid), new: ofId }, 'id-time')).toEqual(
      row('2024-01-12 21:44:35+00', null),
    );
    expect(time({ _id: raw.int32(1), new: raw.date(0) }, 'id-time')).toEqual(
      row('1970-01-01 00:00:00+00', null),
    );
    expect(time({ new: raw.date(runTime.getTime()) }, 'run-time')).toEqual(
      row('2026-01-02 03:04:05.678+00', null),
    );
    expect(rowOf(time({ new: raw.date(0) }, 'run-time'))).toEqual([
      '2026-01-02 03:04:05.678+00',
      '{"new":{"$date":{"$numberLong":"0"}}}',
    ]);
  });

  it('names the path of the value that it took', () => {
    const integer = { type: columnOf('integer').type };
    expect(outcome({ new: raw.null(), old: raw.string('x') }, { ...integer, skipNull: true })).toEqual(
      rejected('value-mismatch', 'sub.old'),
    );
    expect(outcome({}, { required: true })).toEqual(rejected('value-required', 'new'));
  });
});

describe('mismatch policies', () => {
  const given = (mismatch: ColumnMapping['mismatch'], more: Partial<ColumnMapping> = {}) =>
    mappingOf([columnOf('integer', { mismatch, ...more })], { rest });
  const value: RawField[] = [['v', raw.string('x')]];

  it('null, rest and reject', () => {
    expect(encodeFields(value, given('reject'))).toEqual(rejected('value-mismatch', 'v'));
    expect(encodeFields(value, given('null'))).toEqual(
      adjustedRow([null, null], { column: 'c', kind: 'mismatch-null' }),
    );
    expect(encodeFields(value, given('rest'))).toEqual(
      adjustedRow([null, '{"v":"x"}'], { column: 'c', kind: 'mismatch-rest' }),
    );
    for (const mismatch of ['null', 'rest'] as const) {
      expect(encodeFields(value, given(mismatch, { required: true }))).toEqual(
        rejected('value-mismatch', 'v'),
      );
    }
  });

  it('do not pass on from one document to the next', () => {
    const mapping = given('rest');
    const encoder = encoderOf(mapping);
    const outcomes = [raw.string('x'), raw.int32(1), raw.string('y')].map((item) =>
      encodeOutcome(encoder, mapping, memoryOf(rawDocument([['v', item]]))),
    );
    const adjustment = { column: 'c', kind: 'mismatch-rest' } as const;
    expect(outcomes).toEqual([
      adjustedRow([null, '{"v":"x"}'], adjustment),
      row('1', null),
      adjustedRow([null, '{"v":"y"}'], adjustment),
    ]);
  });
});
