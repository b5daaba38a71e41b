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
import { createRestWriter, firstUnmappedPath } from './rest-field.ts';
import { ValueProblem } from './value-problem.ts';

/** A row of one table: the number of fields, then the fields. Returns the position after it. */
type TableWriter = (state: DocumentState, output: Memory, position: number) => number;

export interface CompiledTable {
  readonly write: TableWriter;
  /** Index of the column being written, -1 outside the columns; for the path of a problem. */
  readonly progress: { column: number };
  /** Where the key columns' fields of the last row begin. */
  readonly keyPositions: number[];
}

/** A column that is nothing but the value of one path: it is written without the general machinery. */
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
  if (source?.kind !== 'path' || !isPlain) return undefined;
  const { writeValue, missingField, nullField } = compileColumnParts(column, context.mapping.duplicates);
  const slot = context.tree.slotOf(source.path);
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

/**
 * Compiles the writer of a table's rows. The calls are laid out in generated code, one per column, because each call
 * site then sees one function and can be inlined; only numbers enter the code.
 */
export function compileTable(table: TableMapping, context: ColumnContext): CompiledTable {
  const progress = { column: -1 };
  const keyPositions: number[] = [];
  const columns: (PassThrough | ColumnWriter)[] = table.columns.map(
    (column) => passThrough(column, context) ?? compileColumn(column, context),
  );
  const declarations: string[] = [];
  const lines: string[] = [];
  for (const [index, column] of columns.entries()) {
    const key = table.key.indexOf(table.columns[index]!.name);
    if (key >= 0) lines.push(`keyPositions[${key}]=position;`);
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
  const source = `"use strict";
${declarations.join('\n')}
return function writeRow(state,output,position){
const {types,offsets,input}=state;
let type=0;
output.view.setInt16(position,${columns.length + (table.rest === undefined ? 0 : 1)});
position+=2;
${lines.join('\n')}
progress.column=-1;
return finish(state,output,position);
}`;
  const make = new Function('columns', 'keyPositions', 'progress', 'finish', source);
  const write = make(columns, keyPositions, progress, compileFinish(table, context)) as TableWriter;
  return { write, progress, keyPositions };
}

/** What comes after the columns: the rest column, or the rule about unmapped fields. */
function compileFinish(table: TableMapping, context: ColumnContext): TableWriter {
  if (table.rest !== undefined) return createRestWriter(context.tree, context.mapping.duplicates);
  if (table.unmapped === 'ignore') return (_state, _output, position) => position;
  return (state, _output, position) => {
    if (state.extra === 0) return position;
    const path = firstUnmappedPath(state, context.tree, context.mapping.duplicates);
    if (path === undefined) return position;
    throw new ValueProblem('document-unmapped-field', 'No column takes this field').inside(path.join('.'));
  };
}
