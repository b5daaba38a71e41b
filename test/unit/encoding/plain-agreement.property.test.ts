import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryCase, arbitraryDocumentFor } from '../../support/bson-arbitraries.ts';
import {
  betweenCanaries,
  encodeOutcome,
  encoderOf,
  memoryOf,
  plainOutcome,
} from '../../support/fast-encoder.ts';
import { arbitraryMapping, generatedTransforms } from '../../support/mapping-arbitraries.ts';

describe('the encoder and the plain conversion', () => {
  it('agree about any document under any mapping', () => {
    let documents = 0;
    let childRows = 0;
    fc.assert(
      fc.property(arbitraryCase(), ({ document, mapping }) => {
        const encoder = encoderOf(mapping, generatedTransforms);
        const { input, start } = betweenCanaries(document, 0xff);
        const plain = plainOutcome(document, mapping, generatedTransforms);
        expect(encodeOutcome(encoder, mapping, input, start)).toEqual(plain);
        // Once more, when the encoder has learnt what it learns from a document.
        expect(encodeOutcome(encoder, mapping, input, start)).toEqual(plain);
        if (plain.kind === 'rejected') return;
        documents++;
        for (const { rows } of plain.tables.slice(1)) childRows += rows.length;
      }),
      { seed: 11, numRuns: 3000 },
    );
    // A test in which hardly a document became rows would say little.
    expect(documents).toBeGreaterThan(1000);
    expect(childRows).toBeGreaterThan(1000);
  }, 60_000);

  it('agree about many documents in a row, whatever the encoder has learnt from those before', () => {
    const withDocuments = arbitraryMapping().chain((mapping) =>
      fc.tuple(
        fc.constant(mapping),
        fc.array(arbitraryDocumentFor(mapping), { minLength: 5, maxLength: 30 }),
        fc.nat(4),
      ),
    );
    fc.assert(
      fc.property(withDocuments, ([mapping, documents, sampleCount]) => {
        const samples = documents
          .slice(0, sampleCount)
          .map((document) => ({ input: memoryOf(document), start: 0 }));
        const encoder = encoderOf(mapping, generatedTransforms, { samples });
        for (const document of documents) {
          const outcome = encodeOutcome(encoder, mapping, memoryOf(document));
          expect(outcome).toEqual(plainOutcome(document, mapping, generatedTransforms));
        }
      }),
      { seed: 12, numRuns: 300 },
    );
  }, 60_000);
});
