import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bsonType } from '../../../src/bson/bson-type.ts';
import { LossTally } from '../../../src/losses/loss-tally.ts';
import type { CollectionMapping, TableMapping } from '../../../src/mapping/mapping.ts';
import { convertDocument } from '../../../src/values/convert-document.ts';
import { arbitraryDocumentFor } from '../../support/bson-arbitraries.ts';
import { arbitraryMapping } from '../../support/mapping-arbitraries.ts';
import { columnOf, pathSource, runTime } from '../../support/plain-conversion.ts';
import { type RawValue, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';
import { fieldsOf, readBack, skeletonOf, skeletonText } from '../../support/read-back.ts';
import type { Field } from '../../support/read-back-json.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** One path per column, none above another; without transforms, which have no way back. */
function simplified(mapping: CollectionMapping): CollectionMapping {
  const [table] = mapping.tables;
  const taken: (readonly string[])[] = [];
  const columns = table!.columns.flatMap((column) => {
    const source = column.from.find(({ kind }) => kind === 'path');
    if (source?.kind !== 'path') return [];
    const { path } = source;
    const clashes = taken.some(
      (other) => other.every((key, at) => path[at] === key) || path.every((key, at) => other[at] === key),
    );
    if (clashes || path[0] === '_id') return [];
    taken.push(path);
    return [{ ...column, from: [source], transform: undefined }];
  });
  return { ...mapping, idColumn: undefined, tables: [{ ...table!, each: undefined, columns }] };
}

const cases = arbitraryMapping()
  .map(simplified)
  .filter((mapping) => mapping.tables[0]!.columns.length > 0)
  .chain((mapping) =>
    arbitraryDocumentFor(mapping)
      // Reading back calls itself level by level.
      .filter((document) => document.length < 8000)
      .map((document) => ({ mapping, document })),
  );

const taken = (table: TableMapping): readonly (readonly string[])[] =>
  table.columns.flatMap(({ from }) => (from[0]?.kind === 'path' ? [from[0].path.map(latin1)] : []));

/** Compares, and counts how often there was no loss. */
interface Balance {
  exact: number;
  lossy: number;
}

function expectDeclared(
  { mapping, document }: { readonly mapping: CollectionMapping; readonly document: Buffer },
  original: string,
  readBackText: string,
  balance: Balance,
): void {
  const losses = new LossTally(mapping).lossesOf(document, viewOf(document), 0);
  if (losses.length === 0) {
    balance.exact++;
    expect(readBackText).toBe(original);
    return;
  }
  balance.lossy++;
  // Of two equal keys one may read back as both.
  const isCertain = losses.every(({ kind }) => kind !== 'duplicate-key');
  if (isCertain && readBackText === original) expect(losses).toEqual([]);
}

test('a document reads back as it was exactly when no loss of it is declared', { timeout: 60_000 }, () => {
  const balance: Balance = { exact: 0, lossy: 0 };
  fc.assert(
    fc.property(cases, ({ mapping, document }) => {
      const outcome = convertDocument(document, mapping, { runTime, transforms: new Map() });
      if (outcome.kind !== 'rows') return;
      const table = mapping.tables[0]!;
      const original = skeletonOf(fieldsOf(document), taken(table));
      original.fields.delete('_id');
      const back = readBack(outcome.tables[0]!.rows[0]!, table);
      expectDeclared({ mapping, document }, skeletonText(original), skeletonText(back), balance);
    }),
    { numRuns: 2000 },
  );
  expect(balance.exact).toBeGreaterThan(30);
  expect(balance.lossy).toBeGreaterThan(50);
});

const base = columnOf('integer', { name: 'key', from: [pathSource('key')] });

/** A root table that keeps a number, and the generated table as its child. */
function withChild(mapping: CollectionMapping): CollectionMapping {
  const [generated] = mapping.tables;
  const root: TableMapping = {
    ...generated!,
    name: 'roots',
    each: undefined,
    key: ['key'],
    columns: [base],
    rest: undefined,
    unmapped: 'reject',
  };
  const child: TableMapping = {
    ...generated!,
    each: { parent: 'roots', path: ['list'], parentKey: ['root_key'], mismatch: 'reject' },
    key: ['root_key', 'place'],
    columns: [
      columnOf('integer', { name: 'root_key', from: [{ kind: 'parent', column: 'key' }] }),
      columnOf('integer', { name: 'place', from: [{ kind: 'index' }] }),
      ...generated!.columns,
    ],
  };
  return { ...mapping, tables: [root, child] };
}

const childCases = arbitraryMapping()
  .map(simplified)
  .filter((mapping) => mapping.tables[0]!.columns.length > 0)
  .chain((mapping) => {
    const element = arbitraryDocumentFor(mapping)
      .filter((document) => document.length < 8000)
      .map((bytes): RawValue => ({ type: bsonType.document, bytes }));
    const list = fc.oneof(
      { weight: 6, arbitrary: fc.array(element, { minLength: 1, maxLength: 3 }).map(raw.array) },
      { weight: 1, arbitrary: fc.constantFrom(raw.null(), raw.array([]), undefined) },
    );
    return list.map((value) => ({ mapping: withChild(mapping), value }));
  });

test('the same for the elements of a child table', { timeout: 60_000 }, () => {
  const balance: Balance = { exact: 0, lossy: 0 };
  fc.assert(
    fc.property(childCases, ({ mapping, value }) => {
      const field = value === undefined ? [] : [['list', value] as const];
      const document = rawDocument([['key', raw.int32(1)], ...field]);
      const outcome = convertDocument(document, mapping, { runTime, transforms: new Map() });
      if (outcome.kind !== 'rows') return;
      const child = mapping.tables[1]!;
      const [, list] = fieldsOf(document);
      const elements = (list?.[1][1] ?? []) as readonly Field[];
      const original =
        list === undefined || list[1][0] === 'null'
          ? String(list?.[1][0])
          : elements
              .map(([, tree]) => skeletonText(skeletonOf(tree[1] as readonly Field[], taken(child))))
              .join();
      const { rows } = outcome.tables[1]!;
      const back =
        rows.length === 0 ? 'undefined' : rows.map((row) => skeletonText(readBack(row, child))).join();
      expectDeclared({ mapping, document }, original, back, balance);
    }),
    { numRuns: 1500 },
  );
  expect(balance.exact).toBeGreaterThan(30);
  expect(balance.lossy).toBeGreaterThan(50);
});
