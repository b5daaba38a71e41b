import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import type { AdjustmentLog, AdjustmentMark } from './adjustment-log.ts';
import type { ColumnContext } from './column-writer.ts';
import { type CompiledTable, compileTable } from './compile-table.ts';
import { damagedEnd } from './damaged-end.ts';
import { compileScanner, type DocumentSample, type DocumentScanner } from './document-scanner.ts';
import { DocumentState } from './document-state.ts';
import { createMemory, type Memory } from './memory.ts';
import type { ParentRow } from './parent-field.ts';
import type { PathTree } from './path-tree.ts';
import { RowBuffer, type RowWriter } from './row-buffer.ts';
import { mismatch, ValueProblem } from './value-problem.ts';
import { compileWinningSlot } from './winning-slot.ts';

export interface TableEncoderOptions {
  readonly context: ColumnContext;
  /** Columns that child tables or docrow's own key table copy from the last row. */
  readonly remembered: ReadonlySet<string>;
  /** The encoder of the parent table; undefined for the root table. */
  readonly parent: TableEncoder | undefined;
  /** Some documents or elements, to learn the usual order of keys from. */
  readonly samples: readonly DocumentSample[];
}

/** Writes the rows of one table, and below each of them those of its child tables. */
export class TableEncoder {
  readonly table: TableMapping;
  readonly buffer = new RowBuffer();
  readonly state: DocumentState;
  readonly tree: PathTree;
  /** Where the fields of the last row begin, for the remembered columns. Index: column. */
  readonly positions: Int32Array;
  readonly #compiled: CompiledTable;
  readonly #scan: DocumentScanner;
  readonly #rowWriter: RowWriter;
  readonly #children: TableEncoder[] = [];
  readonly #log: AdjustmentLog;
  /** Slot of the array in the parent's tree. */
  readonly #arraySlot: number;
  /** Whether an element may be something else than a document. */
  readonly #takesItems: boolean;
  readonly #restMark: AdjustmentMark;
  #mark = 0;

  constructor({ context, remembered, parent, samples }: TableEncoderOptions) {
    const { table, tree, children } = context;
    this.table = table;
    this.tree = tree;
    this.#log = context.log;
    const state = new DocumentState(tree.slotCount, createMemory(8));
    this.state = state;
    const compiled = compileTable(table, context, remembered, parent?.asParentRow());
    this.#compiled = compiled;
    this.positions = compiled.positions;
    this.#scan = compileScanner(tree, context.duplicates, samples);
    this.#rowWriter = {
      writeRow(output, position) {
        state.beginRow();
        return compiled.write(state, output, position);
      },
    };
    this.#arraySlot = parent === undefined ? -1 : parent.tree.slotOf(table.each!.path);
    this.#takesItems = tree.isItemTaken || children.some(({ each }) => each!.path.length === 0);
    this.#restMark = context.restMark;
    if (parent !== undefined) parent.#children.push(this);
  }

  /** Remembers how much the buffer holds, for `takeBack`. */
  mark(): void {
    this.#mark = this.buffer.length;
  }

  /** Removes the rows since `mark`. */
  takeBack(): void {
    this.buffer.truncate(this.#mark);
  }

  /**
   * Writes the row of a document and, depth first, those of the child tables.
   * @throws ValueProblem with the whole path; DocrowError `document-corrupt`
   */
  encodeDocument(input: Memory, start: number): void {
    this.state.begin(input, start);
    this.state.unmapped = this.#scan(input, start, this.state);
    this.#writeRow();
  }

  asParentRow(): ParentRow {
    const { buffer, positions } = this;
    return { columns: this.table.columns.map(({ name }) => name), buffer, positions };
  }

  #writeRow(): void {
    try {
      this.buffer.append(this.#rowWriter);
    } catch (problem) {
      const { progress } = this.#compiled;
      const column = progress.column < 0 ? undefined : this.table.columns[progress.column];
      progress.column = -1;
      if (column !== undefined && problem instanceof ValueProblem) insideAll(problem, this.#pathOf(column));
      throw problem;
    }
    const children = this.#children;
    for (let i = 0; i < children.length; i++) children[i]!.#encodeArray(this.state);
  }

  /** Writes a row per element of the array in the parent's row; what is no array has been dealt with there. */
  #encodeArray({ types, offsets, input }: DocumentState): void {
    if (types[this.#arraySlot] !== bsonType.array) return;
    const { bytes, view } = input;
    const start = offsets[this.#arraySlot]!;
    const limit = start + view.getInt32(start, true) - 1;
    let at = start + 4;
    let index = 0;
    try {
      while (at < limit) {
        const type = bytes[at]!;
        const valueAt = keyEnd(bytes, at + 1, limit) + 1;
        at = valueEnd(type, bytes, view, valueAt, limit);
        this.#encodeElement(type, input, valueAt, index);
        index++;
      }
    } catch (problem) {
      if (problem instanceof ValueProblem) insideAll(problem.inside(index), this.table.each!.path);
      throw problem;
    }
    if (at !== limit) throw damagedEnd(start);
  }

  #encodeElement(type: number, input: Memory, at: number, index: number): void {
    const { state, tree } = this;
    state.beginElement(input, type, at, index, tree.itemSlot);
    if (type === bsonType.document) {
      const unmapped = this.#scan(input, at, state);
      state.unmapped = tree.isItemTaken ? 0 : unmapped;
    } else {
      state.unmapped = 0;
      if (!this.#takesItems) this.#sendElementToRest();
    }
    this.#writeRow();
  }

  /** An element that is no document: its row has nothing but the element, in the rest column. */
  #sendElementToRest(): void {
    if (this.table.each!.mismatch === 'reject') throw mismatch('The array element is not a document');
    this.state.sendToRest(this.tree.itemSlot);
    this.state.unmapped = 1;
    this.#log.note(this.#restMark);
  }

  /** The path that the column's value came from, or would have come from. */
  #pathOf(column: ColumnMapping): readonly string[] {
    const paths = column.from.flatMap((source) => (source.kind === 'path' ? [source.path] : []));
    const winner = compileWinningSlot(column, this.tree)(this.state);
    return paths.find((path) => this.tree.slotOf(path) === winner) ?? paths[0] ?? [];
  }
}

function insideAll(problem: ValueProblem, path: readonly string[]): void {
  for (const step of path.toReversed()) problem.inside(step);
}
