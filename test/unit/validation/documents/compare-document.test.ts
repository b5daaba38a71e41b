import { describe, expect, test } from 'vitest';
import type { ColumnMapping } from '../../../../src/mapping/mapping.ts';
import { treeText } from '../../../../src/validation/documents/tree-text.ts';
import { childTable, columnOf, mappingOf, pathSource } from '../../../support/plain-conversion.ts';
import { type RawField, raw, rawDocument } from '../../../support/raw-bson.ts';
import { roundTrip, type StoredRows, withKeys } from '../../../support/round-trip.ts';

const id: RawField = ['_id', raw.int32(7)];

interface Given {
  readonly type: string;
  readonly column?: Partial<ColumnMapping>;
  readonly rest?: boolean;
}

/** The verdict on a document with one column of the field `v`, and the texts of what differs. */
function verdictOf(
  fields: readonly RawField[],
  { type, column = {}, rest = false }: Given,
  change?: (rows: StoredRows) => void,
): string {
  const mapping = mappingOf([columnOf(type, column)], { rest: rest ? { name: 'rest' } : undefined });
  const outcome = roundTrip(rawDocument([id, ...fields]), withKeys(mapping, false), new Map(), change)!;
  const text = (tree: Parameters<typeof treeText>[0] | undefined): string =>
    tree === undefined ? '-' : treeText(tree);
  return [
    outcome.verdict,
    ...outcome.problems.map(({ place, original, rebuilt }) => `${place}: ${text(original)} ${text(rebuilt)}`),
  ].join(' ');
}

test.each<[string, string, RawField[], Partial<ColumnMapping>]>([
  ['equal', 'integer', [['v', raw.int32(5)]], {}],
  ['declared', 'integer', [['v', raw.int64(5)]], {}],
  ['equal', 'bigint', [['v', raw.int64(5)]], {}],
  ['equal', 'numeric', [['v', raw.decimal(110n, -2)]], {}],
  ['declared', 'numeric', [['v', raw.double(0.1)]], {}],
  ['declared', 'numeric', [['v', raw.decimal(1n, 3)]], {}],
  ['equal', 'double precision', [['v', raw.double(-0)]], {}],
  ['declared', 'jsonb', [['v', raw.double(-0)]], {}],
  ['equal', 'real', [['v', raw.double(Math.fround(0.1))]], {}],
  ['equal', 'boolean', [['v', raw.boolean(false)]], {}],
  ['equal', 'text', [['v', raw.string('x')]], {}],
  ['declared', 'text', [['v', raw.objectId('0123456789abcdef01234567')]], {}],
  ['equal', 'text', [['v', raw.objectId('0123456789abcdef01234567')]], { convert: 'hex' }],
  ['declared', 'uuid', [['v', raw.string('A0112233-4455-6677-8899-AABBCCDDEEFF')]], {}],
  ['equal', 'uuid', [['v', raw.uuid('a0112233-4455-6677-8899-aabbccddeeff')]], {}],
  ['declared', 'uuid', [['v', raw.string('anything')]], { convert: 'uuidv5' }],
  ['declared', 'bytea', [['v', raw.binary(Buffer.from('ab'), 5)]], {}],
  ['equal', 'timestamptz', [['v', raw.date(-1)]], {}],
  ['declared', 'timestamptz', [['v', raw.timestamp(5, 6)]], {}],
  ['declared', 'timestamptz', [['v', raw.string('2024-02-29T00:00:00.123456+01:00')]], {}],
  ['declared', 'timestamptz', [['v', raw.double(1.5)]], { convert: 'epoch-s' }],
  ['declared', 'time', [['v', raw.string('10:00:00.50')]], {}],
  ['declared', 'text', [['v', raw.null()]], {}],
  ['equal', 'text', [['v', raw.null()]], { default: 'x' }],
  ['declared', 'text', [], { default: 'x' }],
  ['declared', 'text', [['v', raw.string('a\0')]], { nul: 'strip' }],
  ['equal', 'text', [['v', raw.string('a\0\\0')]], { nul: 'escape' }],
  ['declared', 'integer', [['v', raw.string('no number')]], { mismatch: 'null' }],
  ['equal', 'text[]', [['v', raw.array([raw.string('NULL'), raw.null(), raw.string('{"\\,')])]], {}],
  [
    'declared',
    'jsonb',
    [
      [
        'v',
        raw.document([
          ['bb', raw.null()],
          ['a', raw.null()],
        ]),
      ],
    ],
    {},
  ],
  [
    'equal',
    'json',
    [
      [
        'v',
        raw.document([
          ['bb', raw.null()],
          ['a', raw.null()],
          ['a', raw.int32(1)],
        ]),
      ],
    ],
    {},
  ],
  ['declared', 'jsonb', [['v', raw.document([['$oid', raw.string('x')]])]], { json: 'canonical' }],
  ['declared', 'text', [['w', raw.int32(1)]], {}],
])('%s: %s of %j', (verdict, type, fields, column) => {
  expect(verdictOf(fields, { type, column })).toBe(verdict);
});

/** Changes the one value. */
const put =
  (text: string | null) =>
  (rows: StoredRows): void => {
    rows[0]![0]![1] = text;
  };

describe('a loss explains its own sort of change alone', () => {
  test.each<[string, Given, RawField[], string | null]>([
    ['undeclared v: {"$numberLong":"5"} {"$numberInt":"6"}', { type: 'integer' }, [['v', raw.int64(5)]], '6'],
    [
      'undeclared v: "12.50" {"$numberDecimal":"12.51"}',
      { type: 'numeric' },
      [['v', raw.string('12.50')]],
      '12.51',
    ],
    ['undeclared v: null "x"', { type: 'text' }, [['v', raw.null()]], 'x'],
    ['undeclared v: "x" "other"', { type: 'text', column: { default: 'x' } }, [], 'other'],
    [
      'undeclared v: {"$timestamp":{"t":5,"i":6}} {"$date":{"$numberLong":"5000.001"}}',
      { type: 'timestamptz' },
      [['v', raw.timestamp(5, 6)]],
      '1970-01-01 00:00:05.000001+00',
    ],
    [
      'undeclared v.a: {"$numberInt":"1"} {"$numberInt":"2"}',
      { type: 'jsonb' },
      [
        [
          'v',
          raw.document([
            ['bb', raw.null()],
            ['a', raw.int32(1)],
          ]),
        ],
      ],
      '{"a": 2, "bb": null}',
    ],
    [
      'undeclared v: - {"$numberInt":"1"}',
      { type: 'integer', column: { mismatch: 'null' } },
      [['v', raw.string('no number')]],
      '1',
    ],
  ])('%s', (verdict, given, fields, text) => {
    expect(verdictOf(fields, given, put(text))).toBe(verdict);
  });
});

test('what the rest column has is merged in, and an empty sub-document comes back', () => {
  const column = { from: [pathSource('sub', 'x')] };
  const given = { type: 'integer', column, rest: true };
  const sub = raw.document([
    ['x', raw.int32(1)],
    ['a.b', raw.document([])],
    ['', raw.date(5)],
  ]);
  expect(verdictOf([['sub', sub]], given)).toBe('equal');
  expect(verdictOf([['sub', raw.document([])]], given)).toBe('equal');
  expect(verdictOf([['sub', raw.document([])]], { ...given, rest: false })).toBe('declared');
  expect(verdictOf([['sub', raw.string('x\0')]], given)).toBe('equal');
  const withMore = (rows: StoredRows): void => {
    rows[0]![0]![2] = '{"sub": {"more": null}}';
  };
  expect(verdictOf([['sub', raw.document([['x', raw.int32(1)]])]], given, withMore)).toMatch(
    /^undeclared sub/,
  );
});

describe('child tables', () => {
  const mapping = withKeys(
    mappingOf([columnOf('integer', { name: 'n', from: [pathSource('n')] })], {
      rest: { name: 'rest' },
      children: [
        childTable('lines', ['lines'], [columnOf('text', { name: 'sku', from: [pathSource('sku')] })], {
          rest: { name: 'more' },
          mismatch: 'rest',
        }),
        childTable('tags', ['tags'], [columnOf('text', { name: 'tag', from: [{ kind: 'item' }] })], {
          parent: 'lines',
        }),
      ],
    }),
    true,
  );
  const line = (sku: string, ...tags: string[]) =>
    raw.document([
      ['sku', raw.string(sku)],
      ['tags', raw.array(tags.map(raw.string))],
      ['w', raw.int64(1)],
    ]);
  const document = (...lines: ReturnType<typeof line>[]) =>
    rawDocument([
      ['_id', raw.objectId('0123456789abcdef01234567')],
      ['lines', raw.array(lines)],
    ]);
  const verdict = (bytes: Buffer, change?: (rows: StoredRows) => void) =>
    roundTrip(bytes, mapping, new Map(), change)!;

  test('come back as arrays in arrays, elements of another kind too', () => {
    expect(
      verdict(document(line('a', 'x', 'y'), raw.int32(5), raw.null(), raw.document([]), line('b', 'z')))
        .verdict,
    ).toBe('equal');
    expect(verdict(document()).verdict).toBe('declared');
    expect(verdict(document(line('a'))).verdict).toBe('declared');
  });

  test('rows that are missing, too many, exchanged or of another parent are found', () => {
    const bytes = document(line('a', 'x', 'y'), line('b', 'z'));
    const changes: ((rows: StoredRows) => void)[] = [
      (rows) => rows[1]!.pop(),
      (rows) => rows[2]!.shift(),
      (rows) => rows[1]!.push([rows[1]![0]![0]!, '2', 'c', null]),
      (rows) => {
        for (const row of rows[1]!) row[1] = String(1 - Number(row[1]));
      },
      (rows) => {
        for (const row of rows[2]!) row[1] = '0';
      },
      (rows) => rows[0]!.pop(),
    ];
    for (const change of changes) expect(verdict(bytes, change).verdict).toBe('undeclared');
    expect(
      verdict(bytes, (rows) => {
        for (const table of rows) table.reverse();
      }).verdict,
    ).toBe('equal');
  });
});
