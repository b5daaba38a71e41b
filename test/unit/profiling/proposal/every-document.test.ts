import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CollectionMapping } from '../../../../src/mapping/mapping.ts';
import { convertDocument } from '../../../../src/values/convert-document.ts';
import { profileOf } from '../../../support/profile-documents.ts';
import { loadFiles, proposeFor } from '../../../support/propose.ts';
import { type RawField, type RawKey, type RawValue, raw, rawDocument } from '../../../support/raw-bson.ts';
import { fieldsArbitrary, scalarArbitrary, valueArbitrary } from '../../../support/value-arbitraries.ts';

const context = { runTime: new Date('2026-01-02T03:04:05.678Z'), transforms: new Map() };

/** Why a document may be set aside although the mapping was made from it. */
const rightReasons = new Set([
  'document-duplicate-key',
  'document-corrupt',
  'value-invalid-utf8',
  'document-too-deep',
]);

const isRight = (outcome: ReturnType<typeof convertDocument>): boolean =>
  outcome.kind === 'rows' ||
  rightReasons.has(outcome.code) ||
  // Nobody could tell such a document from an escaped text.
  outcome.reason.includes('$docrowNul');

async function expectAllLoaded(documents: readonly Buffer[], names: 'snake' | 'keep'): Promise<void> {
  const { files } = await proposeFor([profileOf(documents)], { names });
  const [mapping] = (await loadFiles(files)) as readonly [CollectionMapping];
  for (const document of documents) {
    const outcome = convertDocument(document, mapping, context);
    if (!isRight(outcome)) expect(outcome, files[0]?.text).toMatchObject({ kind: 'rows' });
    // So few values have no outliers, so a type that does not fit all of them is a wrong one.
    const isColumn = ({ table, column }: { readonly table: string; readonly column: string }): boolean =>
      mapping.tables.some(
        ({ name, columns }) => name === table && columns.some((one) => one.name === column),
      );
    const misfits =
      outcome.kind === 'rows'
        ? outcome.adjustments.filter((one) => one.kind === 'mismatch-rest' && isColumn(one))
        : [];
    expect(misfits, files[0]?.text).toEqual([]);
  }
}

const withIds = (documents: readonly (readonly RawField[])[], ids: readonly RawValue[]): readonly Buffer[] =>
  documents.map((fields, i) =>
    rawDocument([['_id', ids[i % ids.length]!], ...fields.filter(([key]) => key !== '_id')]),
  );

const namesArbitrary = fc.constantFrom('snake' as const, 'keep' as const);
const idArbitrary = fc.oneof(
  scalarArbitrary,
  fc.constant(raw.objectId('65a1b2c3d4e5f60718293a4b')),
  valueArbitrary,
);

test('every document of any kind loads with the mapping that is proposed for it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fieldsArbitrary, { minLength: 1, maxLength: 8 }),
      fc.array(idArbitrary, { minLength: 1, maxLength: 3 }),
      namesArbitrary,
      async (documents, ids, names) => expectAllLoaded(withIds(documents, ids), names),
    ),
    { numRuns: 300 },
  );
}, 60_000);

interface Shape {
  readonly [key: string]: Shape | 'scalar' | { readonly array: Shape | 'scalar' | 'arrays' };
}

/** Documents of one shape with holes in it, as collections mostly are. */
const shapes: readonly Shape[] = [
  { name: 'scalar', address: { city: 'scalar', geo: { lat: 'scalar', lon: 'scalar' } } },
  {
    lines: {
      array: {
        sku: 'scalar',
        count: 'scalar',
        tags: { array: 'scalar' },
        taxes: { array: { rate: 'scalar' } },
      },
    },
  },
  { area: { array: 'arrays' }, id: 'scalar', extra: 'scalar', position: 'scalar' },
  {
    'a.b': 'scalar',
    a: { b: 'scalar', $c: 'scalar', '': 'scalar' },
    userName: 'scalar',
    user_name: 'scalar',
  },
];

const sameTypes = fc.constantFrom<readonly fc.Arbitrary<RawValue>[]>(
  [fc.integer().map(raw.int32)],
  [fc.integer().map(raw.int32), fc.double().map(raw.double)],
  [fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(raw.int64), fc.integer().map(raw.double)],
  [fc.string().map(raw.string)],
  [fc.constantFrom('a\0b', 'back\\slash').map(raw.string)],
  [fc.constant(raw.objectId('65a1b2c3d4e5f60718293a4b'))],
  [
    fc.constantFrom('2024-02-29T23:59:59Z', '2024-01-01 00:00:00+02:00').map(raw.string),
    fc.constant(raw.date(0)),
  ],
  [scalarArbitrary],
);

function valueFor(part: Shape[string], odd: number): fc.Arbitrary<RawValue> {
  const regular: fc.Arbitrary<RawValue> =
    part === 'scalar'
      ? sameTypes.chain((types) => fc.oneof(...types))
      : 'array' in part && typeof part.array !== 'undefined'
        ? fc
            .array(elementFor(part.array as Shape | 'scalar' | 'arrays', odd), { maxLength: 3 })
            .map(raw.array)
        : fieldsFor(part as Shape, odd).map(raw.document);
  return odd === 0
    ? regular
    : fc.oneof(
        { weight: 20, arbitrary: regular },
        { weight: odd, arbitrary: valueArbitrary },
        { weight: odd, arbitrary: fc.constant(raw.null()) },
      );
}

function elementFor(part: Shape | 'scalar' | 'arrays', odd: number): fc.Arbitrary<RawValue> {
  if (part !== 'arrays') return valueFor(part, odd);
  return fc
    .array(fc.array(valueFor('scalar', odd), { maxLength: 3 }).map(raw.array), { maxLength: 3 })
    .map(raw.array);
}

const fieldsFor = (shape: Shape, odd: number): fc.Arbitrary<readonly RawField[]> =>
  fc
    .tuple(
      ...Object.entries(shape).map(([key, part]) =>
        fc
          .tuple(valueFor(part, odd), fc.boolean())
          .map(([value, isThere]): readonly (readonly [RawKey, RawValue])[] =>
            isThere || odd === 0 ? [[key, value]] : [],
          ),
      ),
    )
    .map((fields) => fields.flat());

test('documents of one shape load, however regular they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .constantFrom(...shapes)
        .chain((shape) =>
          fc
            .constantFrom(0, 1, 4)
            .chain((odd) => fc.array(fieldsFor(shape, odd), { minLength: 1, maxLength: 10 })),
        ),
      fc.array(idArbitrary, { minLength: 1, maxLength: 2 }),
      namesArbitrary,
      async (documents, ids, names) => expectAllLoaded(withIds(documents, ids), names),
    ),
    { numRuns: 400 },
  );
}, 60_000);
