import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import type { ColumnContext } from './column-writer.ts';
import { type CompiledTable, compileTable } from './compile-table.ts';
import { writeDocumentKey } from './document-key.ts';
import { compileScanner, type DocumentScanner } from './document-scanner.ts';
import { type Adjustment, DocumentState } from './document-state.ts';
import { copyOf, createMemory, type Memory } from './memory.ts';
import { buildPathTree, type PathTree } from './path-tree.ts';
import { type RowWriter as BufferWriter, RowBuffer } from './row-buffer.ts';
import { createTransformCall } from './transform-field.ts';
import { ValueProblem } from './value-problem.ts';
import { compileWinningSlot } from './winning-slot.ts';

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
  /**
   * Appends the rows of a document, or nothing at all. Adjustments and the rejection are valid until the next call.
   * Damage is noticed wherever something is read, not inside of sub-documents and arrays that no column takes.
   */
  encode(input: Memory, start: number): EncodeOutcome;
  readonly rejection: EncodeRejection | undefined;
  readonly adjustments: readonly Adjustment[];
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

function createKeyWriter(
  mapping: CollectionMapping,
  tree: PathTree,
  state: DocumentState,
  rows: RowBuffer,
  keyPositions: readonly number[],
): BufferWriter {
  const collection = copyOf(Buffer.from(mapping.collection));
  return {
    writeRow: (output, position) =>
      writeDocumentKey(state, tree.idSlot, collection, rows.memory, keyPositions, output, position),
  };
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
  readonly #rowWriter: BufferWriter;
  readonly #keyWriter: BufferWriter;

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
    const state = new DocumentState(tree.slotCount, createMemory(8));
    this.#state = state;
    this.#rowWriter = {
      writeRow(output, position) {
        state.beginRow();
        return compiled.write(state, output, position);
      },
    };
    this.#keyWriter = createKeyWriter(options.mapping, tree, state, this.#rows, compiled.keyPositions);
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
      state.unmapped = this.#scan(input, start, state);
      this.#rows.append(this.#rowWriter);
      this.#keys?.append(this.#keyWriter);
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
    const winner = compileWinningSlot(column, this.#tree)(this.#state);
    return paths.find((path) => this.#tree.slotOf(path) === winner) ?? paths[0] ?? [];
  }
}
