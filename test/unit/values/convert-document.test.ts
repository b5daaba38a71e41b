import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertDocument } from '../../../src/values/convert-document.ts';
import { arbitraryCase } from '../../support/bson-arbitraries.ts';
import { generatedTransforms } from '../../support/mapping-arbitraries.ts';
import { columnOf, mappingOf, runTime } from '../../support/plain-conversion.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';

const rejected = (code: string, path: string) => expect.objectContaining({ kind: 'rejected', code, path });

describe('damaged documents', () => {
  it('are set aside with the place of the damage', () => {
    const mapping = mappingOf([columnOf('integer')]);
    const document = rawDocument([
      ['v', raw.int32(1)],
      ['w', { type: 8, bytes: Buffer.from([7]) }],
    ]);
    expect(convertDocument(document, mapping, { runTime, transforms: new Map() })).toEqual(
      rejected('document-corrupt', 'w'),
    );
  });
});

describe('any document under any mapping', () => {
  it('gives rows of the right length or a rejection', () => {
    fc.assert(
      fc.property(arbitraryCase(), ({ document, mapping }) => {
        const before = Buffer.from(document);
        const outcome = convertDocument(document, mapping, { runTime, transforms: generatedTransforms });
        expect(document).toEqual(before);
        if (outcome.kind === 'rejected') return;
        expect(outcome.tables.map(({ table }) => table)).toEqual(mapping.tables.map(({ name }) => name));
        expect(outcome.tables[0]?.rows).toHaveLength(1);
        for (const [index, { columns, rest }] of mapping.tables.entries()) {
          for (const values of outcome.tables[index]?.rows ?? []) {
            expect(values).toHaveLength(columns.length + (rest === undefined ? 0 : 1));
            for (const value of values) {
              expect(value === null || !/\p{Surrogate}|\0/u.test(value)).toBe(true);
            }
            for (const [position, column] of columns.entries()) {
              if (column.required) expect(values[position]).not.toBeNull();
            }
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
