import { bsonType } from '../bson/bson-type.ts';
import { valueEnd } from '../bson/value-end.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { ColumnMapping, PlainTypeName, TableMapping } from '../mapping/mapping.ts';
import { yamlValueToBson } from '../mapping/yaml-to-bson.ts';
import {
  type AdjustmentKind,
  type AdjustmentLog,
  type AdjustmentMark,
  createMark,
} from './adjustment-log.ts';
import { compileSource } from './column-source.ts';
import type { DocumentState } from './document-state.ts';
import type { JsonbRules } from './jsonb-rules.ts';
import { copyOf, createMemory, type FieldWriter, type Memory, requireRoom } from './memory.ts';
import type { PathTree } from './path-tree.ts';
import type { TransformCall } from './transform-field.ts';
import { valueField } from './value-field.ts';
import { ValueProblem } from './value-problem.ts';
import { compileWinningSlot } from './winning-slot.ts';
import { nulCounter } from './write-text.ts';

/** Writes one column of the current document. Returns the position after the field. */
export type ColumnWriter = (state: DocumentState, output: Memory, position: number) => number;

export interface ColumnContext extends JsonbRules {
  readonly table: TableMapping;
  /** The child tables of that table. */
  readonly children: readonly TableMapping[];
  readonly tree: PathTree;
  readonly log: AdjustmentLog;
  /** For values that are in the table's rest column because they are no array, or no document. */
  readonly restMark: AdjustmentMark;
  readonly runTime: Date;
  readonly transforms: ReadonlyMap<string, TransformCall>;
}

function writeNull(output: Memory, position: number): number {
  output.view.setInt32(position, -1);
  return position + 4;
}

/** Renders one field to bytes of its own: defaults and the values that `check` allows. */
function renderField(write: FieldWriter, type: number, input: Memory, at: number): Buffer {
  for (let capacity = 256; ; capacity *= 4) {
    const output = createMemory(capacity);
    try {
      const end = write(type, input, at, output, 0);
      if (end <= capacity) return output.bytes.subarray(0, end);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

/** Renders a value written in the mapping, as a field of the column. */
function renderYamlValue(
  column: ColumnMapping,
  write: FieldWriter,
  value: Parameters<typeof yamlValueToBson>[0],
  what: string,
): Buffer {
  const input = copyOf(yamlValueToBson(value));
  // A document {"": value}: type byte, empty key, value.
  const type = input.bytes[4]!;
  if (type === bsonType.null) return Buffer.from([255, 255, 255, 255]);
  try {
    return renderField(write, type, input, 6);
  } catch (problem) {
    if (!(problem instanceof ValueProblem)) throw problem;
    throw new DocrowError(
      'mapping-invalid',
      `The ${what} of column ${column.name} does not fit its type: ${problem.reason}`,
      { column: column.name },
    );
  }
}

/** Whether the field at `position` equals one of the rendered values. Numbers count: 1.0 is 1, and -0 is 0. */
function isAllowed(
  allowed: readonly Buffer[],
  type: PlainTypeName,
  output: Memory,
  position: number,
  end: number,
) {
  requireRoom(output, end);
  const field = output.bytes.subarray(position, end);
  if (type === 'real') return allowed.some((value) => value.readFloatBE(4) === field.readFloatBE(4));
  if (type === 'double precision') {
    return allowed.some((value) => value.readDoubleBE(4) === field.readDoubleBE(4));
  }
  if (type !== 'numeric') return allowed.some((value) => value.equals(field));
  const scaleAt = 10;
  return allowed.some(
    (value) =>
      value.subarray(0, scaleAt).equals(field.subarray(0, scaleAt)) &&
      value.subarray(scaleAt + 2).equals(field.subarray(scaleAt + 2)),
  );
}

function withCheck(column: ColumnMapping, plain: FieldWriter, write: FieldWriter): FieldWriter {
  if (column.check === undefined) return write;
  const allowed = column.check.map((value) => renderYamlValue(column, plain, value, '`check`'));
  return (type, input, at, output, position) => {
    const end = write(type, input, at, output, position);
    if (!isAllowed(allowed, column.type.name, output, position, end)) {
      throw new ValueProblem('value-check-failed', 'The value is not among those that `check` allows');
    }
    return end;
  };
}

/** The parts of a column that do not depend on where its value comes from. */
export interface ColumnParts {
  /** Writes a present value that is not null. */
  readonly writeValue: FieldWriter;
  /** The same for a transform's result, which no `convert` applies to. */
  readonly writeResult: FieldWriter;
  /** The field for a missing value; undefined when the column is required and has no default. */
  readonly missingField: Buffer | undefined;
  /** The field for a BSON null; undefined when that is a problem. */
  readonly nullField: Buffer | undefined;
}

const nullFieldBytes = Buffer.from([255, 255, 255, 255]);

export function compileColumnParts(column: ColumnMapping, rules: JsonbRules): ColumnParts {
  const plain = valueField(column, rules, true);
  const value = column.convert === undefined ? plain : valueField(column, rules, false);
  const defaultField =
    column.default === undefined ? undefined : renderYamlValue(column, plain, column.default, 'default');
  const emptyField = column.required ? undefined : nullFieldBytes;
  const usableDefault = defaultField?.equals(nullFieldBytes) ? emptyField : defaultField;
  return {
    writeValue: withCheck(column, plain, value),
    writeResult: withCheck(column, plain, plain),
    missingField: usableDefault ?? emptyField,
    nullField: column.nullDefault ? (usableDefault ?? emptyField) : emptyField,
  };
}

/** Whether a null `_id`, which one document of a collection may have, is an `_id` like any other to the column. */
export const takesNullId = ({ convert, nullDefault }: ColumnMapping): boolean =>
  (convert === 'ejson' || convert === 'uuidv5') && !nullDefault;

export const requiredProblem = (): ValueProblem =>
  new ValueProblem('value-required', 'The column is required and the document has no value for it');

export function writeFixed(field: Buffer | undefined, output: Memory, position: number): number {
  if (field === undefined) throw requiredProblem();
  if (field === nullFieldBytes) return writeNull(output, position);
  output.bytes.set(field, position);
  return position + field.length;
}

/** Whether a field of the document holds the same bytes as the value that the column took. */
function holdsTakenValue(state: DocumentState, slot: number): boolean {
  const { type, at, input, valueInput } = state;
  if (state.types[slot] !== type) return false;
  const offset = state.offsets[slot]!;
  const fieldEnd = valueEnd(type, input.bytes, input.view, offset, input.bytes.length);
  const end = valueEnd(type, valueInput.bytes, valueInput.view, at, valueInput.bytes.length);
  return input.bytes.subarray(offset, fieldEnd).equals(valueInput.bytes.subarray(at, end));
}

/** How a `nul` policy shows among the adjustments. */
const nulKinds = {
  strip: 'nul-stripped',
  escape: 'nul-escaped',
  reject: undefined,
  rest: undefined,
} as const;

/**
 * The slots whose values a column may lose by taking another. Not `_id`, which docrow keeps elsewhere; not an array
 * that child rows are made from; nothing of an element that another column has as a whole.
 */
function losableSlots(column: ColumnMapping, { tree, children, table }: ColumnContext): readonly number[] {
  if (tree.isItemTaken) return [];
  const isRoot = table.each === undefined;
  const arrays = new Set(children.map(({ each }) => tree.slotOf(each!.path)));
  return column.from
    .flatMap((source) =>
      source.kind === 'path' && !(isRoot && source.path[0] === '_id') ? [source.path] : [],
    )
    .map((path) => tree.slotOf(path))
    .filter((slot) => !arrays.has(slot));
}

/** Compiles a column with everything that a mapping can ask of it, but for `^column`. */
export function compileColumn(column: ColumnMapping, context: ColumnContext): ColumnWriter {
  const { log, table, tree } = context;
  const parts = compileColumnParts(column, context);
  const sources = column.from.map((source) => compileSource(source, tree, context.runTime));
  const nullIdIsValue = tree.idSlot >= 0 && takesNullId(column);
  const otherWinners = table.columns
    .filter((other) => other !== column)
    .map((other) => compileWinningSlot(other, tree));
  const losable = losableSlots(column, context);
  const transform = column.transform === undefined ? undefined : context.transforms.get(column.transform);
  const write = transform === undefined ? parts.writeValue : parts.writeResult;
  const markOf = (kind: AdjustmentKind) => createMark({ table: table.name, column: column.name, kind });
  const nulKind = nulKinds[column.nul];
  const nulMark = nulKind === undefined ? undefined : markOf(nulKind);
  const nulRest = markOf('nul-rest');
  const mismatchRest = markOf('mismatch-rest');
  const mismatchNull = markOf('mismatch-null');

  /**
   * Values that another source of this column won against, and that no other column has, would be lost: they go to
   * rest, or count as unmapped. `_id` does not; docrow keeps it elsewhere.
   */
  function keepLosers(state: DocumentState): void {
    for (const slot of losable) {
      const type = state.types[slot]!;
      if (slot === state.slot || type === 0 || type === bsonType.null) continue;
      if (holdsTakenValue(state, slot) || otherWinners.some((winner) => winner(state) === slot)) continue;
      state.leaveUnmapped(slot);
    }
  }

  function writeFound(state: DocumentState, output: Memory, position: number): number {
    if (transform !== undefined) {
      const result = transform(state);
      if (result === undefined) return writeFixed(parts.missingField, output, position);
      state.take(result.type, result.memory, result.at, state.slot);
    }
    if (state.type === bsonType.null && !(nullIdIsValue && state.slot === tree.idSlot)) {
      return writeFixed(parts.nullField, output, position);
    }
    const before = nulCounter.count;
    const end = write(state.type, state.valueInput, state.at, output, position);
    if (nulMark !== undefined && nulCounter.count !== before) log.note(nulMark);
    return end;
  }

  function writePolicy(
    state: DocumentState,
    problem: ValueProblem,
    output: Memory,
    position: number,
  ): number {
    const isNulForRest = problem.code === 'value-nul-character' && column.nul === 'rest';
    if (!isNulForRest && (!problem.isMismatch || column.mismatch === 'reject')) throw problem;
    if (column.required) throw problem;
    if (isNulForRest || column.mismatch === 'rest') {
      if (state.slot >= 0) state.sendToRest(state.slot);
      log.note(isNulForRest ? nulRest : mismatchRest);
    } else log.note(mismatchNull);
    return writeNull(output, position);
  }

  return (state, output, position) => {
    let isFound = false;
    for (const { fetch } of sources) {
      if (!fetch(state)) continue;
      isFound = true;
      if (!(column.skipNull && state.type === bsonType.null)) break;
    }
    // All are null: the first one stands for them.
    if (column.skipNull && isFound && state.type === bsonType.null) sources.some(({ fetch }) => fetch(state));
    if (isFound && sources.length > 1) keepLosers(state);
    if (!isFound) {
      state.slot = sources[0]!.slot;
      state.type = 0;
      if (transform === undefined) return writeFixed(parts.missingField, output, position);
    }
    try {
      return writeFound(state, output, position);
    } catch (problem) {
      if (!(problem instanceof ValueProblem)) throw problem;
      return writePolicy(state, problem, output, position);
    }
  };
}
