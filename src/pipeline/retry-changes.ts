import { isDeepStrictEqual } from 'node:util';
import type { ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import type { PlainMapping } from './plain-mapping.ts';
import { compareColumns } from './retry-column-changes.ts';

export interface MappingChanges {
  /** What would make the rows that are there wrong. */
  readonly refused: readonly string[];
  /** What concerns the documents that are loaded from now on, in words for people. */
  readonly allowed: readonly string[];
}

/**
 * Says which changes of a mapping leave the rows right that were loaded before.
 *
 * Allowed is what sets aside fewer documents or says what becomes of a value that did not fit: policies, checks,
 * transforms, wider types, further columns and fallbacks, constraints that go. Refused is what would have given those
 * rows another key, another table or other values.
 */
export function compareMappings(before: PlainMapping, after: PlainMapping): MappingChanges {
  const refused: string[] = [];
  const allowed: string[] = [];
  if (!isDeepStrictEqual(before.where, after.where)) refused.push('`where` is another one');
  if (before.idColumn !== after.idColumn) {
    refused.push('another column than before leads back to the `_id` of a document');
  }
  if (before.duplicates !== after.duplicates) {
    allowed.push(`duplicates: ${before.duplicates} → ${after.duplicates}`);
  }
  for (const table of before.tables) {
    if (!after.tables.some(({ name }) => name === table.name)) {
      refused.push(`table ${table.name} is not in it any more`);
    }
  }
  for (const [index, table] of after.tables.entries()) {
    const known = before.tables.findIndex(({ name }) => name === table.name);
    if (known < 0)
      refused.push(`table ${table.name} is new, and the documents that are loaded have no rows in it`);
    else if ((known === 0) !== (index === 0))
      refused.push(`table ${table.name} is not the root table it was`);
    else compareTables(before.tables[known]!, table, refused, allowed);
  }
  return { refused, allowed };
}

function compareTables(
  before: TableMapping,
  after: TableMapping,
  refused: string[],
  allowed: string[],
): void {
  const { name } = after;
  if (!isDeepStrictEqual(before.key, after.key)) refused.push(`the key of ${name} is another one`);
  const { mismatch: mismatchBefore, ...eachBefore } = before.each ?? { mismatch: undefined };
  const { mismatch, ...each } = after.each ?? { mismatch: undefined };
  if (!isDeepStrictEqual(eachBefore, each)) {
    refused.push(`the rows of ${name} come from another array or parent than before`);
  } else if (mismatch !== mismatchBefore) {
    allowed.push(`${name}: mismatch of elements: ${mismatchBefore} → ${mismatch}`);
  }
  if (before.rest === undefined && after.rest !== undefined) {
    allowed.push(`${name}: fields that no column takes go to ${after.rest.name}`);
  } else if (before.rest?.name !== after.rest?.name) {
    refused.push(`the rest column of ${name} is not ${before.rest!.name} any more`);
  } else if (before.unmapped !== after.unmapped && after.rest === undefined) {
    allowed.push(`${name}: unmapped: ${before.unmapped} → ${after.unmapped}`);
  }
  compareIndexes(before, after, refused, allowed);
  for (const column of before.columns) {
    if (!after.columns.some((other) => other.name === column.name)) {
      refused.push(`column ${name}.${column.name} is not in it any more, and rows hold values in it`);
    }
  }
  for (const column of after.columns) {
    const known = before.columns.find((other) => other.name === column.name);
    const place = `${name}.${column.name}`;
    if (known === undefined) addColumn(place, column, refused, allowed);
    else {
      const changes = compareColumns(known, column, after.key.includes(column.name));
      for (const change of changes.refused) refused.push(`${place}: ${change}`);
      for (const change of changes.allowed) allowed.push(`${place}: ${change}`);
    }
  }
}

function addColumn(place: string, column: ColumnMapping, refused: string[], allowed: string[]): void {
  if (column.required)
    refused.push(`${place}: a new column cannot be \`required\`: the rows that are there lack it`);
  else allowed.push(`${place}: new column, NULL in the rows that are there`);
}

function compareIndexes(
  before: TableMapping,
  after: TableMapping,
  refused: string[],
  allowed: string[],
): void {
  for (const index of after.indexes) {
    const known = before.indexes.find(({ name }) => name === index.name);
    if (known === undefined) allowed.push(`${after.name}: new index ${index.name}`);
    else if (!isDeepStrictEqual(known, index)) {
      refused.push(`index ${index.name} of ${after.name} is another one: give it a name of its own`);
    }
  }
  for (const { name } of before.indexes) {
    if (!after.indexes.some((index) => index.name === name)) allowed.push(`${after.name}: no index ${name}`);
  }
}
