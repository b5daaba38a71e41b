import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import { type Adjustment, AdjustmentLog, createMark } from './adjustment-log.ts';
import { type KeyedRow, writeDocumentKey } from './document-key.ts';
import type { DocumentSample } from './document-scanner.ts';
import type { JsonbNormalizer } from './jsonb-rules.ts';
import { copyOf, type Memory } from './memory.ts';
import { buildPathTree } from './path-tree.ts';
import { type RowWriter as BufferWriter, RowBuffer } from './row-buffer.ts';
import { sampleElements } from './sample-elements.ts';
import { TableEncoder } from './table-encoder.ts';
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
  readonly samples?: readonly DocumentSample[];
  /** Where there is one, jsonb is written as PostgreSQL prints it; a load has it without spaces, which is faster. */
  readonly normalizer?: JsonbNormalizer;
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
  /** Parents before children, the document keys last; what a document becomes is appended to their buffers. */
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
  const log = new AdjustmentLog();
  return new MappedCollectionEncoder(options, log, compileTables(options, log));
}

/** The encoders of all tables, parents before children. */
function compileTables(options: EncoderOptions, log: AdjustmentLog): readonly TableEncoder[] {
  const { mapping, runTime, normalizer } = options;
  const { duplicates } = mapping;
  const calls = [...options.transforms].map(
    ([name, transform]) => [name, createTransformCall(name, transform)] as const,
  );
  const transforms = new Map(calls);
  const encoders = new Map<string, TableEncoder>();
  const samples = new Map<string, readonly DocumentSample[]>();
  for (const table of mapping.tables) {
    const { each } = table;
    const children = mapping.tables.filter((child) => child.each?.parent === table.name);
    const own =
      each === undefined
        ? (options.samples ?? [])
        : sampleElements(samples.get(each.parent) ?? [], each.path);
    samples.set(table.name, own);
    const tree = buildPathTree(table, children);
    const restMark = createMark({ table: table.name, column: table.rest?.name ?? '', kind: 'mismatch-rest' });
    const encoder = new TableEncoder({
      context: { duplicates, normalizer, table, children, tree, log, restMark, runTime, transforms },
      remembered: rememberedColumns(mapping, table, children),
      parent: each === undefined ? undefined : encoders.get(each.parent),
      samples: own,
    });
    encoders.set(table.name, encoder);
  }
  return [...encoders.values()];
}

/** Columns of a table that child tables copy from, and of the root table those of docrow's own key table. */
function rememberedColumns(
  mapping: CollectionMapping,
  table: TableMapping,
  children: readonly TableMapping[],
): ReadonlySet<string> {
  const copied = children
    .flatMap(({ columns }) => columns.flatMap(({ from }) => from))
    .flatMap((source) => (source.kind === 'parent' ? [source.column] : []));
  const hasKeyTable = table.each === undefined && mapping.idColumn === undefined;
  return new Set([...copied, ...(hasKeyTable ? table.key : [])]);
}

function createKeyWriter({ collection }: CollectionMapping, root: TableEncoder): BufferWriter {
  const name = copyOf(Buffer.from(collection));
  const { state, tree, buffer, positions, table } = root;
  const columns = table.columns.map((column) => column.name);
  const key = table.key.map((column) => columns.indexOf(column));
  const row: KeyedRow = { buffer, positions, key };
  return {
    writeRow: (output, position) => writeDocumentKey(state, tree.idSlot, name, row, output, position),
  };
}

function describeTable({ table, buffer }: TableEncoder): EncodedTable {
  const columns = table.columns.map((column) => column.name);
  if (table.rest !== undefined) columns.push(table.rest.name);
  return { kind: 'mapped', name: table.name, columns, buffer };
}

class MappedCollectionEncoder implements CollectionEncoder {
  readonly tables: readonly EncodedTable[];
  rejection: EncodeRejection | undefined;
  readonly #filter: DocumentFilter | undefined;
  readonly #log: AdjustmentLog;
  readonly #root: TableEncoder;
  readonly #encoders: readonly TableEncoder[];
  readonly #keys: RowBuffer | undefined;
  readonly #keyWriter: BufferWriter;

  constructor(options: EncoderOptions, log: AdjustmentLog, encoders: readonly TableEncoder[]) {
    this.#filter = options.filter;
    this.#log = log;
    this.#root = encoders[0]!;
    this.#encoders = encoders;
    this.#keyWriter = createKeyWriter(options.mapping, this.#root);
    const tables = encoders.map(describeTable);
    if (options.mapping.idColumn === undefined) {
      this.#keys = new RowBuffer();
      const columns = ['collection', 'id', 'key'];
      tables.push({ kind: 'document-key', name: 'document_key', columns, buffer: this.#keys });
    }
    this.tables = tables;
  }

  get adjustments(): readonly Adjustment[] {
    return this.#log.list;
  }

  encode(input: Memory, start: number): EncodeOutcome {
    const encoders = this.#encoders;
    this.rejection = undefined;
    this.#log.begin();
    for (let i = 0; i < encoders.length; i++) encoders[i]!.mark();
    try {
      if (this.#filter !== undefined && !this.#filter(input.bytes, input.view, start)) return 'filtered';
      this.#root.encodeDocument(input, start);
      this.#keys?.append(this.#keyWriter);
      return 'loaded';
    } catch (problem) {
      for (const encoder of encoders) encoder.takeBack();
      this.#log.clear();
      this.rejection = toRejection(problem);
      return 'rejected';
    }
  }
}

function toRejection(problem: unknown): EncodeRejection {
  if (problem instanceof ValueProblem) {
    return { code: problem.code, path: problem.within.join('.'), reason: problem.reason };
  }
  if (problem instanceof DocrowError) {
    const { code, message } = problem;
    if (code === 'document-corrupt' || code === 'document-too-large')
      return { code, path: '', reason: message };
  }
  throw problem;
}
