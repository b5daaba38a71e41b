import { expect } from 'vitest';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../../src/mapping/mapping.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import { type ComparableOutcome, encodeOutcome, encoderOf, memoryOf, plainOutcome } from './fast-encoder.ts';
import { childTable, columnOf, mappingOf, pathSource } from './plain-conversion.ts';
import { type RawField, raw, rawDocument } from './raw-bson.ts';

/** The key of the root table in mappings that are about child tables. */
export const idColumn = columnOf('integer', { name: 'id', from: [pathSource('_id')] });

/** A column that takes the path of its name. */
export const fieldColumn = (name: string, type: string, given: Partial<ColumnMapping> = {}): ColumnMapping =>
  columnOf(type, { name, from: [pathSource(name)], ...given });

/** A column that takes the element. */
export const itemColumn = (type: string, given: Partial<ColumnMapping> = {}): ColumnMapping =>
  columnOf(type, { name: 'whole', from: [{ kind: 'item' }], ...given });

/** A child of the root table whose arrays stand under `list`. */
export const listTable = (
  columns: readonly ColumnMapping[],
  given: Parameters<typeof childTable>[3] = {},
): TableMapping => childTable('list', ['list'], columns, { of: idColumn, ...given });

export const withChildren = (
  children: readonly TableMapping[],
  given: Parameters<typeof mappingOf>[1] = {},
): CollectionMapping => mappingOf([idColumn], { ...given, children });

/** What encoder and plain conversion make of `{_id: 7, …}`; it has to be the same, also the second time. */
export function bothOutcomes(
  fields: readonly RawField[],
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
): ComparableOutcome {
  const bytes = rawDocument([['_id', raw.int32(7)], ...fields]);
  const encoder = encoderOf(mapping, transforms);
  const outcome = encodeOutcome(encoder, mapping, memoryOf(bytes));
  expect(outcome).toEqual(plainOutcome(bytes, mapping, transforms));
  expect(encodeOutcome(encoder, mapping, memoryOf(bytes))).toEqual(outcome);
  return outcome;
}

/** The rows of each table by its name. */
export const rowsByTable = (outcome: ComparableOutcome): unknown =>
  outcome.kind === 'rejected'
    ? outcome
    : Object.fromEntries(outcome.tables.map(({ table, rows }) => [table, rows]));
