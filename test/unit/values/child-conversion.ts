import { expect } from 'vitest';
import type { ColumnMapping, TableMapping } from '../../../src/mapping/mapping.ts';
import type { PlainOutcome } from '../../../src/values/plain-outcome.ts';
import { columnOf, convertFields, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw } from '../../support/raw-bson.ts';

export const rest = { name: 'rest' };
export const id = columnOf('integer', { from: [pathSource('_id')], required: true });
export const kind = columnOf('text', { name: 'kind', from: [pathSource('kind')] });
export const item = (type: string, given: Partial<ColumnMapping> = {}): ColumnMapping =>
  columnOf(type, { name: 'item', from: [{ kind: 'item' }], ...given });

export const rejected = (code: string, path: string) =>
  expect.objectContaining({ kind: 'rejected', code, path });

/** What a document with `_id` 7 and an array (or else) under `parts` becomes; its root has one column and a rest. */
export const convert = (
  parts: RawValue | undefined,
  children: readonly TableMapping[],
  more: readonly RawField[] = [],
  given: Parameters<typeof mappingOf>[1] = { rest },
): PlainOutcome =>
  convertFields(
    [['_id', raw.int32(7)], ...(parts === undefined ? [] : [['parts', parts] as const]), ...more],
    mappingOf([id], { ...given, children }),
  );

/** The rows of one table, or the rejection. */
export function rowsOf(outcome: PlainOutcome, table = 'parts'): unknown {
  return outcome.kind === 'rejected' ? outcome : outcome.tables.find((rows) => rows.table === table)?.rows;
}

export const adjustmentsOf = (outcome: PlainOutcome): unknown =>
  outcome.kind === 'rejected' ? outcome : outcome.adjustments;

export const document = (...fields: RawField[]): RawValue => raw.document(fields);
export const ofKind = (text: string, ...more: RawField[]): RawValue =>
  document(['kind', raw.string(text)], ...more);
