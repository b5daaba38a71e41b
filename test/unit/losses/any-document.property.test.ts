import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { LossTally } from '../../../src/losses/loss-tally.ts';
import { arbitraryCase } from '../../support/bson-arbitraries.ts';
import { encoderOf, memoryOf } from '../../support/fast-encoder.ts';
import { generatedTransforms } from '../../support/mapping-arbitraries.ts';

/** Bytes that are overwritten: place as a part of the length, and what stands there then. */
const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
  maxLength: 2,
});

test('losses of every document that the encoder loads are found without an error, also of damaged ones', {
  timeout: 60_000,
}, () => {
  let loaded = 0;
  fc.assert(
    fc.property(arbitraryCase(), damage, ({ mapping, document }, changes) => {
      const bytes = Buffer.from(document);
      for (const [place, byte] of changes) {
        // The frame of a document is checked by its source.
        const at = 4 + Math.floor(place * (bytes.length - 5));
        bytes[at] = byte;
      }
      const input = memoryOf(bytes);
      try {
        if (encoderOf(mapping, generatedTransforms).encode(input, 0) !== 'loaded') return;
      } catch (error) {
        // A default that does not fit is the mapping's problem.
        if (error instanceof DocrowError && error.code === 'mapping-invalid') return;
        throw error;
      }
      loaded++;
      const tally = new LossTally(mapping);
      const first = tally.lossesOf(bytes, input.view, 0);
      expect(new Set(first.map(({ path, kind }) => `${kind} ${path}`)).size).toBe(first.length);
      tally.count(bytes, input.view, 0);
      expect(tally.declaredLosses()).toHaveLength(first.length);
    }),
    { numRuns: 2000 },
  );
  expect(loaded).toBeGreaterThan(100);
});
