import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import { type ComparableOutcome, encodeFields, plainOutcome, rowOf } from '../../support/fast-encoder.ts';
import { adjustedRow, columnOf, mappingOf, pathSource, row } from '../../support/plain-conversion.ts';
import { nestedDocument, type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const rest = { name: 'rest' };
/** The adjustments for fields that nothing takes, in the order of their paths. */
const unmapped = (...paths: string[]) =>
  paths.map((path) => ({ column: 'rest', kind: 'unmapped-rest', path }) as const);
const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });

const taking = (...paths: string[][]): ColumnMapping[] =>
  paths.map((path, index) =>
    columnOf('integer', { name: `c${index}`, from: [pathSource(...path)], mismatch: 'rest' }),
  );

/** What both make of it, which has to be the same. */
function both(
  fields: readonly RawField[],
  columns: readonly ColumnMapping[],
  given: Parameters<typeof mappingOf>[1] = { rest },
): ComparableOutcome {
  const mapping = mappingOf(columns, given);
  const outcome = encodeFields(fields, mapping);
  expect(outcome).toEqual(plainOutcome(rawDocument(fields), mapping));
  return outcome;
}

const document = (...fields: RawField[]): RawValue => raw.document(fields);
const one = raw.int32(1);
const text = raw.string('x');

describe('the rest column', () => {
  it('has the shape of the document without what columns have', () => {
    const fields: RawField[] = [
      ['_id', raw.int32(9)],
      ['a', one],
      ['sub', document(['x', one], ['y', text], ['deep', document(['z', one], ['q', raw.boolean(true)])])],
      ['list', raw.array([document(['x', raw.null()])])],
    ];
    const columns = taking(['a'], ['sub', 'x'], ['sub', 'deep', 'z']);
    expect(both(fields, columns)).toEqual(
      adjustedRow(
        ['1', '1', '1', '{"sub":{"y":"x","deep":{"q":true}},"list":[{"x":null}]}'],
        ...unmapped('list', 'sub.deep.q', 'sub.y'),
      ),
    );
    expect(both(fields, columns, { unmapped: 'reject' })).toEqual(
      rejected('document-unmapped-field', 'sub.y'),
    );
    expect(both(fields, columns, { unmapped: 'ignore' })).toEqual(row('1', '1', '1'));
  });

  it.each<[string, RawField[]]>([
    ['an empty document', []],
    ['only _id', [['_id', one]]],
    ['an emptied sub-document', [['sub', document(['x', one], ['deep', document(['z', one])])]]],
  ])('is NULL for %s', (_name, fields) => {
    const columns = taking(['a'], ['sub', 'x'], ['sub', 'deep', 'z']);
    expect(both(fields, columns)).toMatchObject({
      kind: 'rows',
      tables: [{ rows: [{ 3: null }] }],
      adjustments: [],
    });
    expect(both(fields, columns, { unmapped: 'reject' })).toMatchObject({ kind: 'rows' });
  });

  it('keeps that an empty sub-document was there, and nothing minds where there is no rest', () => {
    const fields: RawField[] = [['sub', document()]];
    const columns = taking(['a'], ['sub', 'x'], ['sub', 'deep', 'z']);
    expect(both(fields, columns)).toMatchObject({
      tables: [{ rows: [{ 3: '{"sub":{}}' }] }],
      adjustments: [],
    });
    expect(both([['sub', document(['deep', document()], ['q', document()])]], columns)).toMatchObject({
      tables: [{ rows: [{ 3: '{"sub":{"deep":{},"q":{}}}' }] }],
      adjustments: [{ kind: 'unmapped-rest', path: 'sub.q' }],
    });
    expect(both(fields, columns, { unmapped: 'reject' })).toMatchObject({ kind: 'rows', adjustments: [] });
  });

  it('has what stands where a sub-document was expected', () => {
    for (const value of [one, raw.null(), raw.array([])]) {
      expect(both([['sub', value]], taking(['sub', 'x'])).kind).toBe('rows');
      expect(both([['sub', value]], taking(['sub', 'x']), { unmapped: 'reject' })).toEqual(
        rejected('document-unmapped-field', 'sub'),
      );
    }
  });

  it('keeps a part that did not fit of what another column has whole', () => {
    const columns = [
      columnOf('jsonb', { name: 'whole', from: [pathSource('sub')] }),
      ...taking(['sub', 'x'], ['sub', 'deep', 'z']),
    ];
    const fields: RawField[] = [
      ['sub', document(['x', text], ['y', one], ['deep', document(['z', text], ['q', one])])],
    ];
    expect(rowOf(both(fields, columns))).toEqual([
      '{"x":"x","y":1,"deep":{"z":"x","q":1}}',
      null,
      null,
      '{"sub":{"x":"x","deep":{"z":"x"}}}',
    ]);
    expect(rowOf(both([['sub', document(['y', one])]], columns))).toEqual(['{"y":1}', null, null, null]);
  });

  it('keeps the whole when the whole did not fit', () => {
    const columns = [
      ...taking(['sub']),
      ...taking(['sub', 'x']).map((column) => ({ ...column, name: 'part' })),
    ];
    const fields: RawField[] = [['sub', document(['x', text], ['y', one])]];
    expect(rowOf(both(fields, columns))).toEqual([null, null, '{"sub":{"x":"x","y":{"$numberInt":"1"}}}']);
  });

  it('has _id only when a policy sends it there', () => {
    expect(rowOf(both([['_id', text]], taking(['_id'])))).toEqual([null, '{"_id":"x"}']);
    expect(rowOf(both([['_id', document(['k', text], ['l', one])]], taking(['_id', 'k'])))).toEqual([
      null,
      '{"_id":{"k":"x"}}',
    ]);
  });

  it('under `duplicates: last` drops what columns know and keeps what they do not', () => {
    const given = { rest, duplicates: 'last' } as const;
    expect(
      both(
        [
          ['a', text],
          ['a', one],
        ],
        taking(['a']),
        given,
      ),
    ).toEqual(row('1', null));
    expect(
      both(
        [
          ['sub', document(['y', one])],
          ['sub', document(['x', one])],
        ],
        taking(['sub', 'x']),
        given,
      ),
    ).toEqual(row('1', null));
    expect(
      both(
        [
          ['sub', document(['x', one])],
          ['sub', text],
        ],
        taking(['sub', 'x']),
        given,
      ),
    ).toEqual(adjustedRow([null, '{"sub":"x"}'], ...unmapped('sub')));
    expect(
      both(
        [
          ['sub', text],
          ['sub', document(['x', one])],
        ],
        taking(['sub', 'x']),
        { ...given, rest: undefined, unmapped: 'reject' },
      ),
    ).toEqual(row('1'));
    expect(
      both(
        [
          ['q', text],
          ['q', one],
        ],
        taking(['a']),
        given,
      ),
    ).toEqual(adjustedRow([null, '{"q":"x","q":{"$numberInt":"1"}}'], ...unmapped('q')));
  });

  it('wraps texts with NUL, at any depth, and refuses what cannot be told from them', () => {
    expect(both([['q', raw.array([raw.string('a\0\\'), raw.string('\\')])]], taking(['a']))).toEqual(
      adjustedRow([null, '{"q":[{"$docrowNul":"a\\\\0\\\\\\\\"},"\\\\"]}'], ...unmapped('q')),
    );
    const key: RawField = ['$docrowNul', text];
    expect(both([key], taking(['a']))).toEqual(rejected('value-nul-character', '$docrowNul'));
    expect(both([['sub', document(key)]], taking(['sub', 'x']))).toEqual(
      rejected('value-nul-character', 'sub.$docrowNul'),
    );
    for (let round = 0; round < 2; round++) {
      expect(both([['q', raw.array([document(['r', one], key)])]], taking(['a']))).toEqual(
        rejected('value-nul-character', 'q.0.$docrowNul'),
      );
    }
    expect(both([key], [columnOf('text', { from: [pathSource('$docrowNul')] })])).toEqual(row('x', null));
  });

  it.each<[RawField, string, string]>([
    [
      ['sub', document(['y', document(['t', raw.string(Buffer.from([0xff]))])])],
      'value-invalid-utf8',
      'sub.y.t',
    ],
    [['sub', document([Buffer.from([0xff]), one])], 'value-invalid-utf8', 'sub.\ufffd'],
    [['sub', document(['y', document(['k', one], ['k', one])])], 'document-duplicate-key', 'sub.y.k'],
    [['sub', document(['y', one], ['y', one])], 'document-duplicate-key', 'sub.y'],
  ])('names the whole path of a problem: %#', (field, code, path) => {
    expect(both([field], taking(['sub', 'x']))).toEqual(rejected(code, path));
  });

  it('has 2,000 levels at most, its own included', () => {
    const deep = (levels: number): RawValue => ({ type: 3, bytes: nestedDocument(levels) });
    expect(both([['q', deep(1999)]], taking(['a'])).kind).toBe('rows');
    expect(both([['q', deep(2000)]], taking(['a']))).toMatchObject({ code: 'document-too-deep' });
    expect(both([['sub', document(['q', deep(1998)])]], taking(['sub', 'x'])).kind).toBe('rows');
    expect(both([['sub', document(['q', deep(1999)])]], taking(['sub', 'x']))).toMatchObject({
      code: 'document-too-deep',
    });
  });

  it('comes after the columns and before nothing: their problems are named first', () => {
    const broken: RawField = ['q', raw.string(Buffer.from([0xff]))];
    const columns = [columnOf('integer')];
    expect(both([broken, ['v', text]], columns)).toEqual(rejected('value-mismatch', 'v'));
    expect(both([broken, ['v', one]], columns)).toEqual(rejected('value-invalid-utf8', 'q'));
  });
});
