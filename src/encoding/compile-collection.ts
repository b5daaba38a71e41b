import { bsonType } from '../bson/bson-type.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import {
  type ColumnContext,
  type ColumnWriter,
  compileColumn,
  compileColumnParts,
  writeFixed,
} from './column-writer.ts';
import { writeDocumentKey } from './document-key.ts';
import { compileScanner, type DocumentScanner } from './document-scanner.ts';
import { type Adjustment, DocumentState } from './document-state.ts';
import { createMemory, type Memory } from './memory.ts';
import { buildPathTree, type PathTree } from './path-tree.ts';
import { createRestWriter, firstUnmappedPath } from './rest-field.ts';
import { RowBuffer } from './row-buffer.ts';
import { createTransformCall } from './transform-field.ts';
import { ValueProblem } from './value-problem.ts';

export type DocumentFilter = (bytes: Uint8Array, view: DataView, start: number) => boolean;

export interface EncoderOptions {
  readonly mapping: CollectionMapping;
  readonly runTime: Date;
  readonly transforms: ReadonlyMap<string, Transform>;
  /** Documents for which it is false are filtered. */
  readonly filter?: DocumentFilter | undefined;
  /** Some documents, to learn the usual order of keys from. */
  readonly samples?: readonly { readonly input: Memory; readonly start: number }[];
}

/** One table that the encoder writes rows for. */
export interface EncodedTable {
  readonly kind: 'mapped' | 'document-key';
  /** Unquoted name; of a document-key table always `document_key`. */
  readonly name: string;
  /** Columns in the order of the fields, for the column list of COPY. */
  readonly columns: readonly string[];
  readonly buffer: RowBuffer;
}

export type EncodeOutcome = 'loaded' | 'filtered' | 'rejected';

export interface EncodeRejection {
  readonly code: RejectionCode;
  /** Dotted path in the document with array positions; empty for the whole document. */
  readonly path: string;
  readonly reason: string;
}

export interface CollectionEncoder {
  /** Parents before children; what a document becomes is appended to their buffers. */
  readonly tables: readonly EncodedTable[];
  /** Appends the rows of a document, or nothing at all. Adjustments and the rejection are valid until the next call. */
  encode(input: Memory, start: number): EncodeOutcome;
  readonly rejection: EncodeRejection | undefined;
  readonly adjustments: readonly Adjustment[];
}

/** A row of one table: the number of fields, then the fields. Returns the position after it. */
type RowWriter = (state: DocumentState, output: Memory, position: number) => number;

/** Whether a column is nothing but the value of one path: such columns are written without the general machinery. */
function isPassThrough(column: ColumnMapping): boolean {
  return (
    column.from.length === 1 &&
    column.from[0]!.kind === 'path' &&
    column.transform === undefined &&
    column.mismatch === 'reject' &&
    column.nul === 'reject'
  );
}

/** Compiles a pass-through column. */
function compilePassThrough(column: ColumnMapping, context: ColumnContext): ColumnWriter {
  const source = column.from[0]!;
  const slot = source.kind === 'path' ? context.tree.slotOf(source.path) : -1;
  const { writeValue, missingField, nullField } = compileColumnParts(column, context.mapping.duplicates);
  return (state, output, position) => {
    const type = state.types[slot]!;
    if (type === 0) return writeFixed(missingField, output, position);
    if (type === bsonType.null) return writeFixed(nullField, output, position);
    return writeValue(type, state.input, state.offsets[slot]!, output, position);
  };
}

interface CompiledTable {
  readonly write: RowWriter;
  /** Index of the column being written, for the path of a problem. */
  readonly progress: { column: number };
  /** Where the key columns' fields of the last row begin. */
  readonly keyPositions: number[];
}

/**
 * Compiles the writer of a table's rows. The calls are laid out in generated code, one per column, because each call
 * site then sees one function and can be inlined; only numbers enter the code.
 */
function compileTable(table: TableMapping, context: ColumnContext): CompiledTable {
  const progress = { column: -1 };
  const keyPositions: number[] = [];
  const writers = table.columns.map((column) =>
    isPassThrough(column) ? compilePassThrough(column, context) : compileColumn(column, context),
  );
  const lines = writers.map((_, index) => {
    const key = table.key.indexOf(table.columns[index]!.name);
    return `${key < 0 ? '' : `keyPositions[${key}]=position;`}progress.column=${index};position=w${index}(state,output,position);`;
  });
  const finish = compileFinish(table, context);
  const source = `"use strict";
const [${writers.map((_, index) => `w${index}`).join(',')}]=writers;
return function writeRow(state,output,position){
output.view.setInt16(position,${writers.length + (table.rest === undefined ? 0 : 1)});
position+=2;
${lines.join('\n')}
progress.column=-1;
return finish(state,output,position);
}`;
  const make = new Function('writers', 'keyPositions', 'progress', 'finish', source);
  return { write: make(writers, keyPositions, progress, finish) as RowWriter, progress, keyPositions };
}

/** What comes after the columns: the rest column, or the rule about unmapped fields. */
function compileFinish(table: TableMapping, context: ColumnContext): RowWriter {
  if (table.rest !== undefined) return createRestWriter(context.tree, context.mapping.duplicates);
  if (table.unmapped === 'ignore') return (_state, _output, position) => position;
  return (state, _output, position) => {
    if (state.extra === 0) return position;
    const problem = new ValueProblem('document-unmapped-field', 'No column takes this field');
    throw problem.inside(firstUnmappedPath(state, context.tree).join('.'));
  };
}

/** Compiles a collection's mapping into an encoder. @throws DocrowError `mapping-invalid` for a default that does not fit */
export function compileCollection(options: EncoderOptions): CollectionEncoder {
  const { mapping } = options;
  const tree = buildPathTree(mapping);
  const calls = [...options.transforms].map(
    ([name, transform]) => [name, createTransformCall(name, transform)] as const,
  );
  const context: ColumnContext = { mapping, tree, runTime: options.runTime, transforms: new Map(calls) };
  const scan = compileScanner(tree, mapping.duplicates, options.samples ?? []);
  const root = mapping.tables[0]!;
  return new RootTableEncoder(options, tree, scan, root, compileTable(root, context));
}

class RootTableEncoder implements CollectionEncoder {
  readonly tables: readonly EncodedTable[];
  rejection: EncodeRejection | undefined;
  readonly #filter: DocumentFilter | undefined;
  readonly #state: DocumentState;
  readonly #scan: DocumentScanner;
  readonly #tree: PathTree;
  readonly #table: TableMapping;
  readonly #compiled: CompiledTable;
  readonly #rows = new RowBuffer();
  readonly #keys: RowBuffer | undefined;
  readonly #collection: Buffer;

  constructor(
    options: EncoderOptions,
    tree: PathTree,
    scan: DocumentScanner,
    table: TableMapping,
    compiled: CompiledTable,
  ) {
    this.#filter = options.filter;
    this.#scan = scan;
    this.#tree = tree;
    this.#table = table;
    this.#compiled = compiled;
    this.#collection = Buffer.from(options.mapping.collection);
    this.#state = new DocumentState(tree.slotCount, createMemory(8));
    const columns = table.columns.map((column) => column.name);
    if (table.rest !== undefined) columns.push(table.rest.name);
    const mapped: EncodedTable = { kind: 'mapped', name: table.name, columns, buffer: this.#rows };
    if (options.mapping.idColumn === undefined) {
      this.#keys = new RowBuffer();
      const keyColumns = ['collection', 'id', 'key'];
      this.tables = [
        mapped,
        { kind: 'document-key', name: 'document_key', columns: keyColumns, buffer: this.#keys },
      ];
    } else this.tables = [mapped];
  }

  get adjustments(): readonly Adjustment[] {
    return this.#state.adjustments;
  }

  encode(input: Memory, start: number): EncodeOutcome {
    const state = this.#state;
    const before = this.#rows.length;
    this.rejection = undefined;
    state.begin(input, start);
    try {
      if (this.#filter !== undefined && !this.#filter(input.bytes, input.view, start)) return 'filtered';
      const extra = this.#scan(input, start, state);
      this.#rows.append((output, position) => {
        state.extra = extra;
        state.clearAdjustments();
        return this.#compiled.write(state, output, position);
      });
      this.#keys?.append((output, position) =>
        writeDocumentKey(
          state,
          this.#tree.idSlot,
          this.#collection,
          this.#rows.memory,
          this.#compiled.keyPositions,
          output,
          position,
        ),
      );
      return 'loaded';
    } catch (problem) {
      this.#rows.truncate(before);
      state.clearAdjustments();
      this.rejection = this.#toRejection(problem);
      return 'rejected';
    }
  }

  #toRejection(problem: unknown): EncodeRejection {
    const { progress } = this.#compiled;
    const column = progress.column < 0 ? undefined : this.#table.columns[progress.column];
    progress.column = -1;
    if (problem instanceof ValueProblem) {
      const path = [...(column === undefined ? [] : this.#pathOf(column)), ...problem.within];
      return { code: problem.code, path: path.join('.'), reason: problem.reason };
    }
    if (problem instanceof DocrowError && problem.code === 'document-corrupt') {
      return { code: 'document-corrupt', path: '', reason: problem.message };
    }
    throw problem;
  }

  /** The path that the column's value came from, or would have come from. */
  #pathOf(column: ColumnMapping): readonly string[] {
    const paths = column.from.flatMap((source) => (source.kind === 'path' ? [source.path] : []));
    const present = paths.find((path) => this.#state.types[this.#tree.slotOf(path)] !== 0);
    return present ?? paths[0] ?? [];
  }
}
