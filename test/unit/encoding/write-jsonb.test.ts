import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonbText } from '../../../src/digest/jsonb-text.ts';
import { copyOf } from '../../../src/encoding/memory.ts';
import type { CollectionMapping, ColumnMapping } from '../../../src/mapping/mapping.ts';
import { arbitraryDocumentFor } from '../../support/bson-arbitraries.ts';
import { readCopyRows } from '../../support/copy-binary.ts';
import { betweenCanaries, encoderOf, rowTypes, takeBytes } from '../../support/fast-encoder.ts';
import { arbitraryMapping, generatedTransforms } from '../../support/mapping-arbitraries.ts';
import { columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';
import { fieldsArbitrary, valueArbitrary } from '../../support/value-arbitraries.ts';

const oracle = new JsonbText();

/** A jsonb field as PostgreSQL would send it back. */
function printed(field: Buffer): Buffer {
  oracle.write(copyOf(field), 1, field.length - 1);
  return Buffer.from(oracle.memory.bytes.subarray(0, oracle.length));
}

/** Texts are compared faster than buffers. */
const asTexts = (row: readonly (Buffer | null)[]): readonly (string | undefined)[] =>
  row.map((field) => field?.toString('latin1'));

/** Two encoders of a mapping, which learn from the same documents: the usual one and one that writes jsonb as printed. */
function compare(mapping: CollectionMapping) {
  const usual = encoderOf(mapping, generatedTransforms);
  const direct = encoderOf(mapping, generatedTransforms, { normalizer: new JsonbText() });
  /** @returns texts of the jsonb fields that were compared */
  return (document: Buffer): readonly string[] => {
    const { input, start } = betweenCanaries(document, 0xff);
    expect(direct.encode(input, start)).toBe(usual.encode(input, start));
    expect(direct.rejection).toEqual(usual.rejection);
    expect(direct.adjustments).toEqual(usual.adjustments);
    return mapping.tables.flatMap((table, index) => {
      const types = rowTypes(table);
      const isJsonb = (at: number): boolean => types[at]!.name === 'jsonb';
      const rows = readCopyRows(takeBytes(direct, index));
      const expected = readCopyRows(takeBytes(usual, index)).map((row) =>
        row.map((field, at) => (field !== null && isJsonb(at) ? printed(field) : field)),
      );
      expect(rows.map(asTexts)).toEqual(expected.map(asTexts));
      return rows.flatMap((row) =>
        row.flatMap((field, at) => (isJsonb(at) ? (field?.toString('utf8', 1) ?? []) : [])),
      );
    });
  };
}

const columns: readonly (readonly [name: string, given: Partial<ColumnMapping>])[] = [
  ['natural', {}],
  ['canonical', { json: 'canonical' }],
  ['natural, NUL stripped', { nul: 'strip' }],
  ['canonical, NUL escaped', { json: 'canonical', nul: 'escape' }],
  ['NUL to rest', { nul: 'rest', mismatch: 'rest' }],
];

test.each(columns)(
  'any values under %s',
  (_, given) => {
    for (const duplicates of ['reject', 'last'] as const) {
      const take = compare(mappingOf([columnOf('jsonb', given)], { duplicates, rest: { name: 'extra' } }));
      let texts = 0;
      fc.assert(
        fc.property(valueArbitrary, fieldsArbitrary, (value, others) => {
          texts += take(rawDocument([['v', value], ...others.filter(([key]) => key !== 'v')])).length;
        }),
        { seed: 21, numRuns: 1500 },
      );
      expect(texts).toBeGreaterThan(1000);
    }
  },
  60_000,
);

test('any documents under any mapping', () => {
  let texts = 0;
  const cases = arbitraryMapping().chain((mapping) =>
    fc.tuple(fc.constant(mapping), fc.array(arbitraryDocumentFor(mapping), { minLength: 3, maxLength: 12 })),
  );
  fc.assert(
    fc.property(cases, ([mapping, documents]) => {
      const take = compare(mapping);
      for (const document of documents) texts += take(document).length;
    }),
    { seed: 22, numRuns: 600 },
  );
  expect(texts).toBeGreaterThan(1000);
}, 60_000);

const keys = [
  '',
  'b',
  'a',
  'aa',
  'é',
  '"',
  '\\',
  '\n',
  'zz',
  'c',
  'a-key-that-is-long',
  'a-key-that-was-long',
];
const recurring = fc.array(
  fc.tuple(fc.constantFrom(...keys), fc.constantFrom(raw.int32(1), raw.string('x"y'), raw.null())),
  { maxLength: 8 },
);

test.each(['reject', 'last'] as const)('keys that recur in any order, repeated ones: %s', (duplicates) => {
  const take = compare(mappingOf([columnOf('jsonb')], { duplicates }));
  const nested = fc
    .tuple(recurring, fc.array(recurring, { maxLength: 3 }))
    .map(([fields, items]): RawField[] => [
      ...fields,
      ['items', raw.array(items.map(raw.document))],
      ['in', raw.document(fields)],
    ]);
  fc.assert(
    fc.property(nested, (fields) => {
      take(rawDocument([['v', raw.document(fields)]]));
    }),
    { seed: 23, numRuns: 1500 },
  );
});

const one = (value: RawValue, given: Partial<ColumnMapping> = {}): string | undefined =>
  compare(mappingOf([columnOf('jsonb', given)]))(rawDocument([['v', value]]))[0];

test('the order is that of PostgreSQL', () => {
  const fields = (['bb', 'a', '', 'é', 'b', 'aaa'] as const).map((key) => [key, raw.int32(1)] as const);
  expect(one(raw.document(fields))).toBe('{"": 1, "a": 1, "b": 1, "bb": 1, "é": 1, "aaa": 1}');
  expect(one(raw.document([['e', raw.document([])]]))).toBe('{"e": {}}');
  expect(one(raw.array([raw.array([]), raw.document([]), raw.string(',')]))).toBe('[[], {}, ","]');
});

test.each([
  [1e21, `1${'0'.repeat(21)}`],
  [1e20, `1${'0'.repeat(20)}`],
  [1e-7, '0.0000001'],
  [1e-6, '0.000001'],
  [-1.5e-9, '-0.0000000015'],
  [-0, '0'],
  [0.1, '0.1'],
])('the double %d', (number, text) => {
  expect(one(raw.double(number))).toBe(text);
});

test('more keys than are learnt, and deeper nesting than calls', () => {
  const take = compare(mappingOf([columnOf('jsonb')]));
  for (let round = 0; round < 3; round++) {
    const fields = Array.from({ length: 700 }, (_, n) => [String((n * 7919) % 1000), raw.double(n)] as const);
    take(rawDocument([['v', raw.document(fields)]]));
  }
  let deep = raw.document([
    ['z', raw.double(1e30)],
    ['a', raw.null()],
  ]);
  for (let depth = 0; depth < 500; depth++) {
    deep =
      depth % 3 === 0
        ? raw.array([deep])
        : raw.document([
            ['y', raw.null()],
            ['x', deep],
          ]);
    if (depth % 50 === 0 || (depth > 195 && depth < 205)) take(rawDocument([['v', deep]]));
  }
});

test.each(['reject', 'last'] as const)(
  'a rest column with few fields and with many, repeated: %s',
  (duplicates) => {
    const mapping = mappingOf(
      [columnOf('text'), columnOf('text', { name: 'w', from: [pathSource('part', 'w')] })],
      { duplicates, rest: { name: 'extra' } },
    );
    const take = compare(mapping);
    const texts = [3, 24, 25, 26, 300].map((count) => {
      const fields = Array.from(
        { length: count },
        (_, n): RawField => [
          String((n * 7919) % 1000),
          n % 3 === 0
            ? raw.document([
                ['bb', raw.double(n)],
                ['a', raw.string('\0')],
              ])
            : raw.int32(n),
        ],
      );
      const part: RawField = ['part', raw.document([...fields, ['w', raw.string('w')]])];
      const again: RawField = ['0', raw.string('again')];
      return take(rawDocument([...fields, part, ...(duplicates === 'last' ? [again] : [])]))[0];
    });
    const last =
      duplicates === 'last'
        ? '"0": "again"'
        : '"0": {"a": {"$docrowNul": "\\\\0"}, "bb": {"$numberDouble": "0.0"}}';
    for (const text of texts) expect(text?.slice(1, last.length + 1)).toBe(last);
  },
);

test.each([
  ['spaces', 30_000, raw.int32(7)],
  ['digits', 10_000, raw.double(1e-7)],
] as const)('a page that is too small for the %s', (_, count, item) => {
  const text = one(raw.array(Array.from({ length: count }, () => item)));
  expect(text?.length).toBeGreaterThan(85_000);
});
