import { describe, expect, it } from 'vitest';
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

const unmapped = (path: string) => ({ column: 'rest', kind: 'unmapped-rest', path }) as const;
const rejected = (code: string, path: string) => expect.objectContaining({ kind: 'rejected', code, path });

describe('unmapped fields', () => {
  const fields: RawField[] = [
    ['_id', raw.objectId(oid)],
    ['v', raw.int32(1)],
    [
      'sub',
      raw.document([
        ['taken', raw.int32(2)],
        ['x', raw.double(1)],
        ['empty', raw.document([])],
      ]),
    ],
    ['other', raw.array([raw.string('\0\\')])],
  ];
  const columns = [
    columnOf('integer'),
    columnOf('integer', { name: 'd', from: [pathSource('sub', 'taken')] }),
  ];

  it('go to rest in the shape of the document', () => {
    expect(convertFields(fields, mappingOf(columns, { rest }))).toEqual(
      adjustedRow(
        [
          '1',
          '2',
          '{"sub":{"x":{"$numberDouble":"1.0"},"empty":{}},"other":[{"$docrowNul":"\\\\0\\\\\\\\"}]}',
        ],
        unmapped('sub.x'),
        unmapped('sub.empty'),
        unmapped('other'),
      ),
    );
  });

  it('leave rest NULL when there are none', () => {
    const only: RawField[] = [
      ['v', raw.int32(1)],
      ['sub', raw.document([['taken', raw.int32(2)]])],
    ];
    expect(convertFields(only, mappingOf(columns, { rest }))).toEqual(row('1', '2', null));
  });

  it('keep that an empty sub-document was there, and only rest does', () => {
    const empty: RawField[] = [['sub', raw.document([])]];
    expect(convertFields(empty, mappingOf(columns, { rest }))).toEqual(row(null, null, '{"sub":{}}'));
    expect(convertFields(empty, mappingOf(columns, { unmapped: 'reject' }))).toEqual(row(null, null));
  });

  it('set the document aside, the first by name', () => {
    expect(convertFields(fields, mappingOf(columns, { unmapped: 'reject' }))).toEqual(
      rejected('document-unmapped-field', 'sub.x'),
    );
  });

  it('are ignored on demand', () => {
    expect(convertFields(fields, mappingOf(columns))).toEqual(row('1', '2'));
  });

  it.each([raw.int32(1), raw.null(), raw.array([])])(
    'include what stands where a sub-document was expected: %#',
    (value) => {
      const mapping = mappingOf(columns, { unmapped: 'reject' });
      expect(convertFields([['sub', value]], mapping)).toEqual(rejected('document-unmapped-field', 'sub'));
    },
  );

  it('do not include _id, unless a policy keeps it in rest', () => {
    const id = columnOf('integer', { from: [pathSource('_id')], mismatch: 'rest' });
    expect(
      convertFields([['_id', raw.int32(1)]], mappingOf([columnOf('text')], { unmapped: 'reject' })),
    ).toEqual(row(null));
    expect(convertFields([['_id', raw.string('x')]], mappingOf([id], { rest }))).toEqual(
      adjustedRow([null, '{"_id":"x"}'], { column: 'c', kind: 'mismatch-rest' }),
    );
  });

  it('come last: a column that does not fit is reported before them', () => {
    const document: RawField[] = [
      ['other', raw.null()],
      ['v', raw.string('x')],
    ];
    expect(convertFields(document, mappingOf(columns, { unmapped: 'reject' }))).toEqual(
      rejected('value-mismatch', 'v'),
    );
  });

  it.each<[RawField, string, string]>([
    [
      [
        'x',
        raw.document([
          ['k', raw.null()],
          ['k', raw.null()],
        ]),
      ],
      'document-duplicate-key',
      'x.k',
    ],
    [['x', raw.array([raw.string(Buffer.from([0xff]))])], 'value-invalid-utf8', 'x.0'],
    [[Buffer.from([0xff]), raw.null()], 'value-invalid-utf8', '\ufffd'],
    [['x', raw.document([['$docrowNul', raw.null()]])], 'value-nul-character', 'x.$docrowNul'],
  ])('that jsonb cannot hold set the document aside: %#', (field, code, path) => {
    expect(convertFields([field], mappingOf(columns, { rest }))).toEqual(rejected(code, path));
  });
});

describe('a field that lost against another in `from`', () => {
  const column = columnOf('integer', {
    from: [pathSource('new'), pathSource('sub', 'old'), pathSource('_id')],
  });
  const losing = (value: RawField[1]): RawField[] => [
    ['_id', raw.int32(9)],
    ['new', raw.int32(1)],
    ['sub', raw.document([['old', value]])],
  ];

  it('goes to rest when it holds something else', () => {
    expect(convertFields(losing(raw.int32(2)), mappingOf([column], { rest }))).toEqual(
      adjustedRow(['1', '{"sub":{"old":{"$numberInt":"2"}}}'], unmapped('sub.old')),
    );
    expect(convertFields(losing(raw.double(1)), mappingOf([column], { rest }))).toEqual(
      adjustedRow(['1', '{"sub":{"old":{"$numberDouble":"1.0"}}}'], unmapped('sub.old')),
    );
  });

  it('counts as unmapped without rest', () => {
    expect(convertFields(losing(raw.int32(2)), mappingOf([column], { unmapped: 'reject' }))).toEqual(
      rejected('document-unmapped-field', 'sub.old'),
    );
  });

  it.each([raw.int32(1), raw.null()])('is no loss when it is the same or null: %#', (value) => {
    expect(convertFields(losing(value), mappingOf([column], { rest }))).toEqual(row('1', null));
  });

  it('is no loss when another column has it', () => {
    const other = columnOf('integer', { name: 'o', from: [pathSource('sub', 'old')] });
    expect(convertFields(losing(raw.int32(2)), mappingOf([column, other], { rest }))).toEqual(
      row('1', '2', null),
    );
  });
});

describe('duplicate keys', () => {
  const top: RawField[] = [
    ['v', raw.int32(1)],
    ['x', raw.null()],
    ['v', raw.int32(2)],
  ];
  const walked: RawField[] = [
    [
      'sub',
      raw.document([
        ['a', raw.int32(1)],
        ['a', raw.int32(2)],
      ]),
    ],
  ];
  const inside: RawField[] = [
    [
      'v',
      raw.document([
        ['a', raw.int32(1)],
        ['a', raw.int32(2)],
      ]),
    ],
  ];
  const below = columnOf('integer', { from: [pathSource('sub', 'b')] });

  it('set the document aside before anything else', () => {
    expect(convertColumnOf(top, 'uuid')).toEqual(rejected('document-duplicate-key', 'v'));
    expect(convertFields(walked, mappingOf([below]))).toEqual(rejected('document-duplicate-key', 'sub.a'));
  });

  it('give the last value on demand', () => {
    const last = { duplicates: 'last', rest } as const;
    expect(convertFields(top, mappingOf([columnOf('integer')], last))).toEqual(
      adjustedRow(['2', '{"x":null}'], unmapped('x')),
    );
    expect(convertFields(walked, mappingOf([below], last))).toEqual(
      adjustedRow([null, '{"sub":{"a":{"$numberInt":"1"},"a":{"$numberInt":"2"}}}'], unmapped('sub.a')),
    );
  });

  it('inside a value matter to jsonb only', () => {
    expect(convertColumnOf(inside, 'jsonb')).toEqual(rejected('document-duplicate-key', 'v.a'));
    expect(convertColumnOf(inside, 'json')).toEqual(row('{"a":1,"a":2}'));
    expect(convertFields(inside, mappingOf([columnOf('jsonb')], { duplicates: 'last' }))).toEqual(
      row('{"a":1,"a":2}'),
    );
  });
});
