import { bsonType } from '../bson/bson-type.ts';
import type { ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import {
  type ColumnContext,
  type ColumnWriter,
  compileColumn,
  compileColumnParts,
  takesNullId,
  writeFixed,
} from './column-writer.ts';
import type { DocumentState } from './document-state.ts';
import { createMemory, type FieldWriter, type Memory } from './memory.ts';
import { type ParentRow, parentField } from './parent-field.ts';
import { createRestWriter, firstUnmappedPath } from './rest-field.ts';
import { mismatch, ValueProblem } from './value-problem.ts';

/** A row of one table: the number of fields, then the fields. Returns the position after it. */
type TableWriter = (state: DocumentState, output: Memory, position: number) => number;

export interface CompiledTable {
  readonly write: TableWriter;
  /** Index of the column being written, -1 outside the columns; for the path of a problem. */
  readonly progress: { column: number };
  /** Where the fields of the last row begin, for columns that have to be found again. Index: column. */
  readonly positions: Int32Array;
}

/** A column that is nothing but the value of one path, or the element: it is written without the general machinery. */
interface PassThrough {
  readonly slot: number;
  readonly writeValue: FieldWriter;
  readonly writeMissing: (output: Memory, position: number) => number;
  readonly writeNull: (output: Memory, position: number) => number;
}

function passThrough(column: ColumnMapping, context: ColumnContext): PassThrough | undefined {
  const [source] = column.from;
  const isPlain =
    column.from.length === 1 &&
    column.transform === undefined &&
    column.mismatch === 'reject' &&
    column.nul === 'reject';
  const isValue = source?.kind === 'path' || source?.kind === 'item';
  if (!isValue || !isPlain) return undefined;
  const { writeValue, missingField, nullField } = compileColumnParts(column, context);
  const slot = source.kind === 'path' ? context.tree.slotOf(source.path) : context.tree.itemSlot;
  const isNullId = slot === context.tree.idSlot && takesNullId(column);
  const none = createMemory(0);
  return {
    slot,
    writeValue,
    writeMissing: (output, position) => writeFixed(missingField, output, position),
    writeNull: (output, position) =>
      isNullId
        ? writeValue(bsonType.null, none, 0, output, position)
        : writeFixed(nullField, output, position),
  };
}

/** The writer of a `$index` column, when it is nothing but the index. */
function indexField(column: ColumnMapping, context: ColumnContext): ColumnWriter | undefined {
  const isPlain = column.transform === undefined && column.mismatch === 'reject';
  if (column.from[0]?.kind !== 'index' || !isPlain) return undefined;
  const { writeValue } = compileColumnParts(column, context);
  const index = createMemory(4);
  return (state, output, position) => {
    index.view.setInt32(0, state.index, true);
    return writeValue(bsonType.int32, index, 0, output, position);
  };
}

function compileWriter(
  column: ColumnMapping,
  context: ColumnContext,
  parent: ParentRow | undefined,
): PassThrough | ColumnWriter {
  const [source] = column.from;
  if (source?.kind === 'parent' && parent !== undefined) return parentField(column, source.column, parent);
  return passThrough(column, context) ?? indexField(column, context) ?? compileColumn(column, context);
}

/** What happens to a value that is no array where a child table expects one. */
interface ArrayCheck {
  readonly slot: number;
  /** Called for what is neither missing nor null nor an array. */
  readonly notArray: (state: DocumentState) => void;
}

function arrayCheck({ each }: TableMapping, context: ColumnContext): ArrayCheck {
  const { tree, log, restMark } = context;
  const { path, mismatch: policy } = each!;
  const slot = tree.slotOf(path);
  const notArray = (state: DocumentState): void => {
    if (policy === 'reject') {
      const problem = mismatch('The value is not an array');
      for (const step of path.toReversed()) problem.inside(step);
      throw problem;
    }
    state.sendToRest(slot);
    log.note(restMark);
  };
  return { slot, notArray };
}

/**
 * Compiles the writer of a table's rows. The calls are laid out in generated code, one per column, because each call
 * site then sees one function and can be inlined; only numbers enter the code.
 * @param remembered names of the columns whose fields have to be found again in the last row
 * @param parent the row that the table's rows are made under; undefined for the root table
 */
export function compileTable(
  table: TableMapping,
  context: ColumnContext,
  remembered: ReadonlySet<string>,
  parent: ParentRow | undefined,
): CompiledTable {
  const progress = { column: -1 };
  const positions = new Int32Array(table.columns.length);
  const columns = table.columns.map((column) => compileWriter(column, context, parent));
  const checks = context.children.map((child) => arrayCheck(child, context));
  const declarations: string[] = [];
  const lines: string[] = [];
  for (const [index, column] of columns.entries()) {
    if (remembered.has(table.columns[index]!.name)) lines.push(`positions[${index}]=position;`);
    lines.push(`progress.column=${index};`);
    if (typeof column === 'function') {
      declarations.push(`const write${index}=columns[${index}];`);
      lines.push(`position=write${index}(state,output,position);`);
      continue;
    }
    declarations.push(
      `const {writeValue:value${index},writeMissing:missing${index},writeNull:null${index}}=columns[${index}];`,
    );
    lines.push(
      `type=types[${column.slot}];`,
      `if(type===0)position=missing${index}(output,position);`,
      `else if(type===${bsonType.null})position=null${index}(output,position);`,
      `else position=value${index}(type,input,offsets[${column.slot}],output,position);`,
    );
  }
  lines.push('progress.column=-1;');
  for (const [index, { slot }] of checks.entries()) {
    declarations.push(`const {notArray:notArray${index}}=checks[${index}];`);
    lines.push(
      `type=types[${slot}];`,
      `if(type!==0&&type!==${bsonType.array}&&type!==${bsonType.null})notArray${index}(state);`,
    );
  }
  const source = `"use strict";
${declarations.join('\n')}
return function writeRow(state,output,position){
const {types,offsets,input}=state;
let type=0;
output.view.setInt16(position,${columns.length + (table.rest === undefined ? 0 : 1)});
position+=2;
${lines.join('\n')}
return finish(state,output,position);
}`;
  const make = new Function('columns', 'checks', 'positions', 'progress', 'finish', source);
  const write = make(columns, checks, positions, progress, compileFinish(table, context)) as TableWriter;
  return { write, progress, positions };
}

/** What comes after the columns: the rest column, or the rule about unmapped fields. */
function compileFinish(table: TableMapping, context: ColumnContext): TableWriter {
  const { duplicates, tree, log } = context;
  if (table.rest !== undefined) {
    return createRestWriter(tree, context, { log, table: table.name, column: table.rest.name });
  }
  if (table.unmapped === 'ignore') return (_state, _output, position) => position;
  return (state, _output, position) => {
    if (state.extra === 0) return position;
    const path = firstUnmappedPath(state, tree, duplicates);
    if (path === undefined) return position;
    throw new ValueProblem('document-unmapped-field', 'No column takes this field').inside(path.join('.'));
  };
}
