import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping, ColumnMapping, DocumentPath } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import { applyTransform } from './apply-transform.ts';
import type { BsonValue } from './bson-value.ts';
import { passesCheck } from './check-value.ts';
import { findSource } from './find-source.ts';
import type { AdjustmentKind } from './plain-outcome.ts';
import type { RowSource } from './row-source.ts';
import { toColumn, yamlToColumn } from './to-column.ts';
import { type ScalarContext, toScalar } from './to-scalar.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/** What is the same for all columns of a document. */
export interface ConversionContext {
  /** The run's one instant, for `$runTime`. */
  readonly runTime: Date;
  /** By the name that the mapping uses. */
  readonly transforms: ReadonlyMap<string, Transform>;
}

export interface ColumnOutcome {
  /** PostgreSQL's text input; null is SQL NULL. */
  readonly text: string | null;
  readonly adjustments: ReadonlySet<AdjustmentKind>;
  /** The path, in what the row is made from, whose value this column has. */
  readonly winner: DocumentPath | undefined;
  /** Other paths of its `from`, whose values it does not have. */
  readonly losing: readonly DocumentPath[];
  /** The winner's path again when a policy sends its value to the rest column. */
  readonly setAside: DocumentPath | undefined;
}

/** Codes that `mismatch: null` and `mismatch: rest` apply to. */
const mismatchCodes: ReadonlySet<string> = new Set([
  'value-mismatch',
  'value-out-of-range',
  'value-convert-failed',
]);

/**
 * The value of one column for one row.
 * @throws DocrowError with a code that sets the document aside; `path` is in its context
 */
export function convertColumn(
  column: ColumnMapping,
  row: RowSource,
  mapping: CollectionMapping,
  context: ConversionContext,
): ColumnOutcome {
  const [only] = column.from;
  if (only?.kind === 'parent') return copyFromParent(only.column, column, row);
  const source = findSource(column, row, context.runTime);
  const path = [...row.at, ...(source.path ?? firstPath(column))];
  const adjustments = new Set<AdjustmentKind>();
  const { path: winner, losing } = source;
  const scalar = {
    column,
    duplicates: mapping.duplicates,
    note: (kind: AdjustmentKind) => adjustments.add(kind),
  };
  try {
    let value = source.value;
    if (column.transform !== undefined) {
      value = applyTransform(transformOf(column.transform, context), source.raw, row.document, path);
    }
    const applyConvert = column.transform === undefined;
    // One document of a collection may have null for an `_id`, which is an `_id` like any other.
    const isId = row.parent === undefined && isIdPath(winner);
    const toText = isId && keysNull(column) ? toScalarOrNull : toColumn;
    const text = convertOrDefault(value, column, { ...scalar, applyConvert }, path, toText);
    return { text, adjustments, winner, losing, setAside: undefined };
  } catch (error) {
    const kind = adjustmentFor(error, column);
    if (kind === undefined) throw error;
    const setAside = kind === 'mismatch-null' ? undefined : winner;
    return { text: null, adjustments: new Set([kind]), winner, losing, setAside };
  }
}

/** A row of a child table has what its parent's row has, after all conversions. */
function copyFromParent(name: string, column: ColumnMapping, row: RowSource): ColumnOutcome {
  const text = row.parent?.get(name) ?? null;
  if (text === null && column.required) throw missingValue(row.at);
  return { text, adjustments: new Set(), winner: undefined, losing: [], setAside: undefined };
}

const isIdPath = (path: ValuePath | undefined): boolean => path?.length === 1 && path[0] === '_id';

const keysNull = ({ convert, nullDefault }: ColumnMapping): boolean =>
  (convert === 'ejson' || convert === 'uuidv5') && !nullDefault;

const toScalarOrNull: typeof toColumn = (value, context, path) =>
  value === undefined ? null : toScalar(value, context, path);

/** The adjustment by which the column's policies get over a problem; undefined when it sets the document aside. */
function adjustmentFor(error: unknown, column: ColumnMapping): AdjustmentKind | undefined {
  if (!(error instanceof DocrowError) || column.required) return undefined;
  if (error.code === 'value-nul-character' && column.nul === 'rest') return 'nul-rest';
  if (!mismatchCodes.has(error.code) || column.mismatch === 'reject') return undefined;
  return column.mismatch === 'null' ? 'mismatch-null' : 'mismatch-rest';
}

function convertOrDefault(
  value: BsonValue | undefined,
  column: ColumnMapping,
  scalar: ScalarContext,
  path: ValuePath,
  toText: typeof toColumn,
): string | null {
  const usesDefault = value === undefined || (value.type === 'null' && column.nullDefault);
  const text =
    usesDefault && column.default !== undefined
      ? yamlToColumn(column.default, scalar)
      : toText(value, scalar, path);
  if (text === null && column.required) throw missingValue(path);
  if (
    text !== null &&
    !usesDefault &&
    column.check !== undefined &&
    !passesCheck(text, column.check, scalar)
  ) {
    throw valueProblem('value-check-failed', 'The value is not among those that `check` allows', path);
  }
  return text;
}

const missingValue = (path: ValuePath): DocrowError =>
  valueProblem('value-required', 'The column is required and the document has no value for it', path);

function transformOf(name: string, { transforms }: ConversionContext): Transform {
  const transform = transforms.get(name);
  if (transform !== undefined) return transform;
  throw new DocrowError('transform-invalid', `The transform ${name} was not loaded`, { transform: name });
}

/** Where a missing value was looked for first. */
function firstPath({ from }: ColumnMapping): ValuePath {
  for (const source of from) if (source.kind === 'path') return source.path;
  return [];
}
