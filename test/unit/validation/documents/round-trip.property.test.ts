import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ColumnType } from '../../../../src/mapping/mapping.ts';
import { type BsonTree, documentTree } from '../../../../src/validation/documents/bson-tree.ts';
import { arbitraryDocumentFor } from '../../../support/bson-arbitraries.ts';
import { arbitraryMapping, generatedTransforms } from '../../../support/mapping-arbitraries.ts';
import { roundTrip, withKeys } from '../../../support/round-trip.ts';

const cases = fc
  .tuple(arbitraryMapping(), fc.boolean())
  .map(([mapping, hasIdColumn]) => withKeys(mapping, hasIdColumn))
  .chain((mapping) =>
    arbitraryDocumentFor(mapping)
      .filter((document) => document.length < 8000)
      .map((document) => ({ mapping, document })),
  );

function repeatsKey(tree: BsonTree): boolean {
  if (tree.type === 'codeWithScope') return repeatsKey(tree.scope);
  if (tree.type === 'array') return tree.items.some(repeatsKey);
  if (tree.type !== 'document') return false;
  const keys = new Set(tree.fields.map(([key]) => key));
  return keys.size < tree.fields.length || tree.fields.some(([, value]) => repeatsKey(value));
}

test('what a document loses on its way is declared, whatever mapping and document', {
  timeout: 120_000,
}, () => {
  const verdicts = new Map<string, number>();
  fc.assert(
    fc.property(cases, ({ mapping, document }) => {
      // Of keys that stand twice, kept in several places, each place may have another one.
      if (repeatsKey(documentTree(document))) return;
      const outcome = roundTrip(document, mapping, generatedTransforms);
      if (outcome === undefined) return;
      verdicts.set(outcome.verdict, (verdicts.get(outcome.verdict) ?? 0) + 1);
      expect(outcome.problems).toEqual([]);
    }),
    { numRuns: 4000 },
  );
  expect(verdicts.get('equal')).toBeGreaterThan(50);
  expect(verdicts.get('declared')).toBeGreaterThan(50);
});

test('a value that changed on its way is found', { timeout: 120_000 }, () => {
  let found = 0;
  const faults = fc.tuple(cases, fc.nat(), fc.nat());
  fc.assert(
    fc.property(faults, ([{ mapping, document }, which, where]) => {
      let isFault = false;
      const outcome = roundTrip(document, mapping, generatedTransforms, (rows) => {
        const table = which % mapping.tables.length;
        const row = rows[table]![where % Math.max(1, rows[table]!.length)];
        const { columns } = mapping.tables[table]!;
        const column = where % columns.length;
        const isOfDocument = columns[column]!.from.some(({ kind }) => kind === 'path' || kind === 'item');
        if (row === undefined || !isOfDocument || columns[column]!.name === 'id') return;
        isFault = true;
        row[column] = row[column] === null ? otherText(columns[column]!.type) : null;
      });
      if (outcome === undefined || !isFault) return;
      found++;
      expect(outcome.verdict).toBe('undeclared');
    }),
    { numRuns: 2000 },
  );
  expect(found).toBeGreaterThan(100);
});

const otherText = ({ array, name }: ColumnType): string => {
  if (array) return '{NULL}';
  return name === 'json' || name === 'jsonb' ? '{"other":7}' : '7';
};
