import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { init } from '../../../src/resources/init.ts';
import { createProject } from '../../support/bson-dump.ts';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';
import { usePipeline } from '../../support/use-pipeline.ts';
import { scalarArbitrary, valueArbitrary } from '../../support/value-arbitraries.ts';

const pipeline = usePipeline();

/** Values of one kind, as one field has them; now and then of any kind. */
const kindArbitrary = fc.constantFrom<fc.Arbitrary<RawValue>>(
  fc.integer().map(raw.int32),
  fc.oneof(fc.integer().map(raw.int32), fc.double().map(raw.double)),
  fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(raw.int64),
    fc.integer().map(raw.double),
  ),
  fc.string().map(raw.string),
  fc.constant(raw.objectId('65a1b2c3d4e5f60718293a4b')),
  fc.integer({ min: 0, max: 1e9 }).map(raw.date),
  scalarArbitrary,
  valueArbitrary,
);

const keyArbitrary = fc.constantFrom(
  'a',
  'b',
  'user name',
  'x.y',
  '$z',
  '',
  'camelCase',
  'id',
  'extra',
  'position',
);

function shapeArbitrary(depth: number): fc.Arbitrary<fc.Arbitrary<RawValue>> {
  if (depth === 0) return kindArbitrary;
  const below = shapeArbitrary(depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: kindArbitrary },
    { weight: 2, arbitrary: below.map((element) => fc.array(element, { maxLength: 4 }).map(raw.array)) },
    {
      weight: 2,
      arbitrary: fc
        .dictionary(keyArbitrary, below, { minKeys: 1, maxKeys: 4 })
        .chain((shape) => fc.boolean().map((hasHoles) => fieldsOf(shape, hasHoles).map(raw.document))),
    },
  );
}

/** Fields of a shape; with holes, some are missing and some are null. */
const fieldsOf = (
  shape: Readonly<Record<string, fc.Arbitrary<RawValue>>>,
  hasHoles: boolean,
): fc.Arbitrary<readonly RawField[]> =>
  fc
    .tuple(
      ...Object.entries(shape).map(([key, values]) =>
        fc.tuple(values, fc.integer({ min: 0, max: 9 })).map(([value, n]): readonly RawField[] => {
          if (hasHoles && n < 2) return [];
          return [[key, hasHoles && n === 9 ? raw.null() : value]];
        }),
      ),
    )
    .map((fields) => fields.flat());

const collectionArbitrary = fc
  .dictionary(fc.constantFrom('a', 'b', 'userName', 'user_name', 'id', 'extra', 'list'), shapeArbitrary(3), {
    minKeys: 1,
    maxKeys: 6,
  })
  .chain((shape) =>
    fc.boolean().chain((hasHoles) => fc.array(fieldsOf(shape, hasHoles), { minLength: 3, maxLength: 30 })),
  );

/** Documents of a usual size, so that one with many texts does not take all the time. */
const isSmall = (document: Buffer): boolean => document.length <= 5000;

test.for([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'every field of a made-up database %i arrives as it was',
  async (seed) => {
    const lists = fc.sample(collectionArbitrary, { numRuns: 25, seed });
    const collections = Object.fromEntries(
      lists.map((documents, c) => [
        `c${c}`,
        documents
          .map((fields, i) =>
            rawDocument([['_id', c % 4 === 3 ? raw.string(`i${i}`) : raw.int32(i)], ...fields]),
          )
          .filter(isSmall),
      ]),
    );
    pipeline.project = createProject({}, collections);
    const { dir, source } = pipeline.project;
    const settings = await loadSettings('init', { dir, source }, {}, '/');
    await init(settings, createControl(), { sample: undefined, force: false, names: 'snake' });
    expect(await pipeline.migrate()).toMatchObject({ errors: [] });
    // A document with the key that stands for an escaped NUL cannot be told from one with a NUL.
    const codes = await pipeline.values(
      "select distinct code from docrow.rejection where reason not like '%$docrowNul%' order by code",
    );
    const damage = ['document-duplicate-key', 'value-invalid-utf8'];
    expect(codes.filter((code) => !damage.includes(String(code)))).toEqual([]);
    const compared = await compareCopy(dir, join(source, 'shop'), pipeline.uri);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
  },
);
