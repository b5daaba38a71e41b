import { isDeepStrictEqual } from 'node:util';
import type { ColumnMapping } from '../mapping/mapping.ts';
import { isWiderType } from './retry-type-change.ts';

interface ColumnChanges {
  readonly refused: readonly string[];
  readonly allowed: readonly string[];
}

/** Conversions that leave a value as it is where the column took it without one. */
const addedConversions: readonly ColumnMapping['convert'][] = ['text', 'iso', 'epoch-ms', 'epoch-s'];

/** Compares two columns of one name, as `plainMapping` gives them. */
export function compareColumns(before: ColumnMapping, after: ColumnMapping, isKey: boolean): ColumnChanges {
  const refused: string[] = [];
  const allowed: string[] = [];
  const refuse = (what: string): number => refused.push(what);
  const note = (key: string, from: unknown, to: unknown): number =>
    allowed.push(`${key}: ${textOf(from)} → ${textOf(to)}`);
  const differs = (key: keyof ColumnMapping): boolean => !isDeepStrictEqual(before[key], after[key]);

  if (isKey) {
    // What finds the row of a document must not change by a hair.
    const fixed = ['from', 'skipNull', 'type', 'convert', 'default', 'nullDefault', 'nul', 'json'] as const;
    for (const key of fixed) if (differs(key)) refuse(`\`${key}\` of a key column must stay`);
    if (differs('transform')) refuse('the transform of a key column must stay');
    compareConstraints(before, after, refused, allowed);
    return { refused, allowed };
  }
  if (differs('from')) {
    if (isDeepStrictEqual(after.from.slice(0, before.from.length), before.from)) {
      allowed.push('further paths in `from`, NULL in rows of documents that had those alone');
    } else refuse('`from` may get further paths behind the ones that it has, and not change otherwise');
  }
  if (differs('skipNull')) refuse('`skipNull` must stay: rows hold what it gave');
  if (differs('json')) refuse('`json` must stay: rows hold the other form');
  if (differs('nul')) {
    // With `escape` every backslash of the column is doubled.
    if (before.nul === 'escape' || after.nul === 'escape')
      refuse('`nul: escape` cannot come or go: rows hold the other form');
    else note('nul', before.nul, after.nul);
  }
  compareTypes(before, after, refused, allowed);
  if (differs('default') || differs('nullDefault')) allowed.push('another default');
  if (differs('mismatch')) note('mismatch', before.mismatch, after.mismatch);
  if (differs('transform')) note('transform', before.transform, after.transform);
  compareConstraints(before, after, refused, allowed);
  return { refused, allowed };
}

function compareTypes(
  before: ColumnMapping,
  after: ColumnMapping,
  refused: string[],
  allowed: string[],
): void {
  const isSameType = isDeepStrictEqual(before.type, after.type);
  if (!isSameType) {
    if (isWiderType(before, after)) allowed.push(`type: ${before.type.name} → ${after.type.name}`);
    else refused.push('the type is not a wider one of the same kind');
  } else if (before.convert !== after.convert) {
    if (before.convert === undefined && addedConversions.includes(after.convert)) {
      allowed.push(`convert: ${textOf(before.convert)} → ${textOf(after.convert)}`);
    } else refused.push('`convert` must stay: rows hold what it gave');
  }
}

function compareConstraints(
  before: ColumnMapping,
  after: ColumnMapping,
  refused: string[],
  allowed: string[],
): void {
  if (!before.required && after.required) refused.push('`required` cannot come: rows may hold NULL');
  else if (before.required !== after.required) allowed.push('not required any more');
  if (!isDeepStrictEqual(before.check, after.check)) allowed.push('another check');
  if (before.unique !== after.unique) allowed.push(after.unique ? 'unique' : 'not unique any more');
  const [from, to] = [before.references, after.references];
  if (from !== undefined && to !== undefined && (from.table !== to.table || from.column !== to.column)) {
    refused.push(`it refers to ${to.table}.${to.column} instead of ${from.table}.${from.column}`);
  } else if (from?.orphans !== to?.orphans) {
    allowed.push(`orphans: ${textOf(from?.orphans)} → ${textOf(to?.orphans)}`);
  }
}

const textOf = (value: unknown): string => (value === undefined ? 'none' : String(value));
