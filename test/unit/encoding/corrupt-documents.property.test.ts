import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bsonType } from '../../../src/bson/bson-type.ts';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { arbitraryCase } from '../../support/bson-arbitraries.ts';
import {
  betweenCanaries,
  type ComparableOutcome,
  encodeOutcome,
  encoderOf,
  memoryOf,
  plainOutcome,
} from '../../support/fast-encoder.ts';
import { generatedTransforms } from '../../support/mapping-arbitraries.ts';
import { childTable, columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';
import { scalarArbitrary } from '../../support/value-arbitraries.ts';

/** The outer frame, which the source has checked: the size in front and the zero byte behind. */
const frameStart = 4;

type Damage =
  | { readonly kind: 'set'; readonly where: number; readonly byte: number }
  | { readonly kind: 'flip'; readonly where: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly where: number; readonly count: number };

/** Positions are parts of the document's length. Small numbers are likely: lengths and types are such. */
const damageArbitrary: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0x7f, 0x80, 0xff), fc.nat(255)),
  }),
  fc.record({
    kind: fc.constant('flip' as const),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
    bit: fc.nat(7),
  }),
  fc.record({
    kind: fc.constant('cut' as const),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 12 }),
  }),
);

function damaged(document: Buffer, damages: readonly Damage[]): Buffer {
  let bytes = Buffer.from(document);
  for (const damage of damages) {
    const inside = bytes.length - frameStart - 1;
    if (inside < 1) break;
    const at = frameStart + Math.min(inside - 1, Math.floor(damage.where * inside));
    if (damage.kind === 'set') bytes[at] = damage.byte;
    else if (damage.kind === 'flip') bytes[at]! ^= 1 << damage.bit;
    else {
      const rest = bytes.subarray(Math.min(at + damage.count, bytes.length - 1));
      bytes = Buffer.concat([bytes.subarray(0, at), rest]);
      bytes.writeInt32LE(bytes.length);
    }
  }
  return bytes;
}

/** A document whose frame is right and whose last elements are cut. */
function cutShort(fields: readonly RawField[], count: number): RawValue {
  const content = rawDocument(fields).subarray(4, -1);
  const kept = content.subarray(0, Math.max(0, content.length - count));
  const bytes = Buffer.concat([Buffer.alloc(4), kept, Buffer.alloc(1)]);
  bytes.writeInt32LE(bytes.length);
  return { type: bsonType.document, bytes };
}

/** A row has to be that of the plain conversion. */
function expectPlain(outcome: ComparableOutcome, document: Buffer, mapping: CollectionMapping): void {
  const plain = plainOutcome(document, mapping, generatedTransforms);
  if (plain.kind === 'rows') expect(outcome).toEqual(plain);
  // Inside of what no column reads, damage stays unnoticed; the fields of the document itself are all read.
  else expect(plain).toMatchObject({ code: 'document-corrupt', path: expect.stringContaining('.') });
}

const nestedIn = (value: RawValue, keys: readonly string[]): RawValue =>
  keys.reduceRight((inner, key) => raw.document([[key, inner]]), value);

const copyOfW = { of: columnOf('text', { name: 'w' }) };

const readers: readonly (readonly [name: string, mapping: CollectionMapping])[] = [
  ['jsonb', mappingOf([columnOf('jsonb')])],
  ['canonical jsonb', mappingOf([columnOf('jsonb', { json: 'canonical' })])],
  ['json', mappingOf([columnOf('json')], { duplicates: 'last' })],
  ['ejson text', mappingOf([columnOf('text', { convert: 'ejson' })])],
  ['text[]', mappingOf([columnOf('text[]', { mismatch: 'null' })])],
  ['bytea[]', mappingOf([columnOf('bytea[]', { mismatch: 'null' })])],
  ['rest', mappingOf([columnOf('text', { from: [pathSource('w')] })], { rest: { name: 'rest' } })],
  ['a deeper path', mappingOf([columnOf('text', { from: [pathSource('v', 'w')] })])],
  [
    'a child table',
    mappingOf([columnOf('text', { name: 'w', from: [pathSource('w')] })], {
      children: [childTable('list', ['v'], [columnOf('text', { from: [pathSource('w')] })], copyOfW)],
    }),
  ],
  [
    'a child table of the elements',
    mappingOf([columnOf('text', { name: 'w', from: [pathSource('w')] })], {
      children: [childTable('list', ['v'], [columnOf('jsonb', { from: [{ kind: 'item' }] })], copyOfW)],
    }),
  ],
  [
    'unmapped: reject',
    mappingOf([columnOf('text', { from: [pathSource('v', 'w')] })], { unmapped: 'reject' }),
  ],
];

describe('a damaged document', () => {
  it.each(readers)('whose last field is cut short at the end of the memory: %s', (_name, mapping) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'w'), scalarArbitrary), { maxLength: 2 }),
        fc.oneof(fc.constant(raw.string('abc')), scalarArbitrary),
        fc.integer({ min: 0, max: 12 }),
        fc.array(fc.constantFrom('a', 'w', 'key'), { maxLength: 2 }),
        fc.boolean(),
        (fields, last, count, keys, isArray) => {
          // New each time: what an encoder has learnt about keys decides how it reads the next ones.
          const encoder = encoderOf(mapping);
          const { type, bytes } = nestedIn(cutShort([...fields, ['last', last]], count), keys);
          const document = rawDocument([['v', { type: isArray ? bsonType.array : type, bytes }]]);
          const outcome = encodeOutcome(encoder, mapping, memoryOf(document));
          const { input, start } = betweenCanaries(document, 0x01);
          expect(encodeOutcome(encoder, mapping, input, start)).toEqual(outcome);
          for (const { buffer } of encoder.tables) expect(buffer.memory.bytes.length).toBeLessThan(200_000);
          if (outcome.kind === 'rows') expectPlain(outcome, document, mapping);
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });

  it('is set aside or becomes the row that the plain conversion makes, whatever lies around it', () => {
    fc.assert(
      fc.property(
        arbitraryCase(),
        fc.array(damageArbitrary, { minLength: 1, maxLength: 3 }),
        ({ document, mapping }, damages) => {
          const bytes = damaged(document, damages);
          const encoder = encoderOf(mapping, generatedTransforms);
          // Undamaged first, so that the shapes and orders of its keys are known.
          encodeOutcome(encoder, mapping, memoryOf(document));
          const outcome = encodeOutcome(encoder, mapping, memoryOf(bytes));
          for (const canary of [0x00, 0x01, 0xff]) {
            const { input, start } = betweenCanaries(bytes, canary);
            expect(encodeOutcome(encoder, mapping, input, start)).toEqual(outcome);
          }
          // Reading past the end of the memory would have looked like a row that needs more of it.
          for (const { buffer } of encoder.tables) expect(buffer.memory.bytes.length).toBeLessThan(200_000);
          if (outcome.kind === 'rejected') return;
          expectPlain(outcome, bytes, mapping);
        },
      ),
      { seed: 3, numRuns: 4000 },
    );
  }, 60_000);
});
