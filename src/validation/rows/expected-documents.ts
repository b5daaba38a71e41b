import { createHash } from 'node:crypto';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { compileFilter, type DocumentFilter } from '../../filtering/compile-filter.ts';
import type { CollectionMapping, ColumnMapping } from '../../mapping/mapping.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import type {
  ClearedReferences,
  ExpectedDocument,
  RecordedExceptions,
  RecordedRejection,
} from '../../target/row-comparer.ts';
import { type ConversionContext, convertColumn } from '../../values/convert-column.ts';
import { convertDocument } from '../../values/convert-document.ts';
import { documentSource } from '../../values/row-source.ts';
import { constraintCodes } from '../constraint-codes.ts';
import { DocumentTurns } from '../document-turns.ts';
import type { RowsParts } from './rows-parts.ts';

/** What the load recorded about documents, by the hexadecimal form of their `_id`s. */
interface ExceptionsById {
  readonly rejections: ReadonlyMap<string, readonly RecordedRejection[]>;
  readonly cleared: ReadonlyMap<string, readonly ClearedReferences[]>;
}

/** One document as it was read, and what its rows should be. */
export interface JudgedDocument extends ExpectedDocument {
  readonly isInSource: boolean;
  /** References that the load set to NULL since they led nowhere. */
  readonly cleared: readonly ClearedReferences[];
  /** Tells whether the document changed; empty where the source stands still, or for one that is not there. */
  readonly content: string;
  /** Characters of all texts in its rows. */
  readonly size: number;
  readonly rowCount: number;
  /** It is rejected, and the mapping lets the rows be that it had before. */
  readonly mayKeepRows: boolean;
}

/** Says what rows documents should have: by the plain conversion, and by what the load recorded about them. */
export class ExpectedDocuments {
  readonly #parts: RowsParts;
  readonly #mapping: CollectionMapping;
  readonly #context: ConversionContext;
  readonly #filter: DocumentFilter | undefined;
  readonly #idColumn: ColumnMapping | undefined;
  /** Copies of one document in a file that were taken for rejected ones, by `_id` and content. */
  readonly #passed = new Map<string, number>();
  readonly #turns: DocumentTurns;

  constructor(parts: RowsParts, mapping: CollectionMapping) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#turns = new DocumentTurns(parts.signal);
    this.#context = { runTime: parts.run.runTime, transforms: parts.transformsOf(mapping) };
    this.#filter = mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file);
    this.#idColumn = mapping.tables[0]!.columns.find(({ name }) => name === mapping.idColumn);
  }

  /** In a file several documents may have one `_id`; a server keeps them unique, and can be written to. */
  get isLive(): boolean {
    return this.#parts.run.identity.kind === 'mongo';
  }

  /**
   * Judges the documents of a batch, which may be released after the last one.
   * @throws DocrowError `interrupted`, and what the target reports
   */
  async *judge(batch: DocumentBatch): AsyncGenerator<JudgedDocument> {
    const ids = Array.from(batch.starts.subarray(0, batch.count), (start) => idOf(batch, start));
    const recorded = byId(await this.#recorded(ids.filter((id) => id !== undefined)));
    for (const [index, id] of ids.entries()) {
      const start = batch.starts[index]!;
      const document = batch.bytes.subarray(start, start + batch.view.getInt32(start, true));
      await this.#turns.before(document.length);
      const isWanted = this.#filter === undefined || this.#filter(batch.bytes, batch.view, start);
      yield this.#judgeOne(document, id, isWanted, recorded);
    }
  }

  /** A document that is not in the source. */
  absent(id: Uint8Array): JudgedDocument {
    const idText = this.#idText(id);
    const nothing = { rows: undefined, cleared: [], content: '', size: 0, rowCount: 0, mayKeepRows: false };
    return { id, idText, isInSource: false, ...nothing };
  }

  #judgeOne(
    document: Buffer,
    id: Uint8Array | undefined,
    isWanted: boolean,
    recorded: ExceptionsById,
  ): JudgedDocument {
    const idHex = id === undefined ? '' : hex(id);
    const rejections = recorded.rejections.get(idHex) ?? [];
    // Without an `_id` nothing would lead from the row back to the document.
    const hasRows =
      isWanted &&
      (id !== undefined || this.#idColumn !== undefined) &&
      !this.#isRejected(document, idHex, rejections);
    const outcome = hasRows ? convertDocument(document, this.#mapping, this.#context) : undefined;
    const rows = outcome?.kind === 'rows' ? outcome.tables.map((table) => table.rows) : undefined;
    let size = 0;
    let rowCount = 0;
    for (const ofTable of rows ?? []) {
      rowCount += ofTable.length;
      for (const row of ofTable) for (const text of row) size += text?.length ?? 0;
    }
    return {
      id,
      idText: id === undefined ? undefined : this.#idText(id),
      rows,
      isInSource: true,
      cleared: recorded.cleared.get(idHex) ?? [],
      content: this.isLive ? createHash('sha1').update(document).digest('base64') : '',
      size,
      rowCount,
      mayKeepRows: rows === undefined && isWanted && this.#mapping.onReject === 'keep',
    };
  }

  async #recorded(ids: readonly Uint8Array[]): Promise<RecordedExceptions> {
    const { comparer, run } = this.#parts;
    return comparer.exceptions(run.runId, this.#mapping.collection, constraintCodes, ids);
  }

  /**
   * Whether this very document was set aside. Of documents in a file with one `_id` the rejection's content tells
   * which; of equal ones so many as there are rejections.
   */
  #isRejected(document: Buffer, idHex: string, rejections: readonly RecordedRejection[]): boolean {
    if (rejections.length === 0) return false;
    if (this.isLive) return true;
    const hash = createHash('sha256').update(document).digest('hex');
    const same = rejections.filter(({ documentHash }) => documentHash === undefined || documentHash === hash);
    const key = `${idHex} ${hash}`;
    const passed = this.#passed.get(key) ?? 0;
    if (passed >= same.length) return false;
    this.#passed.set(key, passed + 1);
    return true;
  }

  /** What the id column holds for an `_id`; undefined when it takes no such one. */
  #idText(id: Uint8Array): string | undefined {
    if (this.#idColumn === undefined) return undefined;
    const source = documentSource(Buffer.from(id.buffer, id.byteOffset, id.byteLength));
    try {
      return convertColumn(this.#idColumn, source, this.#mapping, this.#context).text ?? undefined;
    } catch (error) {
      if (error instanceof DocrowError && error.policy.reaction === 'reject-document') return undefined;
      throw error;
    }
  }
}

const byId = ({ rejections, cleared }: RecordedExceptions): ExceptionsById => ({
  rejections: groupById(rejections),
  cleared: groupById(cleared),
});

function groupById<T extends { readonly idHex: string }>(records: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const group = groups.get(record.idHex);
    if (group === undefined) groups.set(record.idHex, [record]);
    else group.push(record);
  }
  return groups;
}

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/** A document that is damaged up to its `_id` has none that could be asked for. */
function idOf(batch: DocumentBatch, start: number): Uint8Array | undefined {
  try {
    return readId(batch.bytes, batch.view, start);
  } catch (error) {
    if (error instanceof DocrowError) return undefined;
    throw error;
  }
}
