import { readId } from '../../bson/read-id.ts';
import type { RangeRecord } from '../../checkpoint/checkpoint-store.ts';
import { toBigInt } from '../../digest/row-digest.ts';
import { memoryOf } from '../../encoding/memory.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import type { DigestPlan, DocumentTotals } from '../../target/digest-reader.ts';
import { createDigester, type DigestParts } from './create-digester.ts';
import type { DocumentDigester, RowTotals } from './document-digester.ts';
import { type Exceptions, idKey } from './exceptions.ts';
import type { ExpectedSums } from './expected-sums.ts';

/** Documents that are looked for at once; what is known about them is kept in memory. */
const documentsPerSearch = 100_000;
const idsPerBatch = 1_000;

/** Rows that no document of the source leads to, and whose `_id` nothing in the target tells. */
export interface StrayRows {
  readonly table: string;
  /** The columns that hold the document's key, with their values as PostgreSQL's text. */
  readonly key: ReadonlyMap<string, string>;
  readonly rows: number;
}

export interface SearchInput {
  readonly mapping: CollectionMapping;
  readonly plan: DigestPlan;
  readonly exceptions: Exceptions;
  readonly ranges: readonly RangeRecord[];
  readonly expected: ExpectedSums;
  /** Those in which a table differs, and how many documents each may hold. */
  readonly buckets: readonly { readonly bucket: number; readonly documents: number }[];
}

/** What the target has of one document. */
class FoundDocument {
  readonly ids: Uint8Array[] = [];
  readonly #totals: (DocumentTotals | undefined)[];
  readonly #tables: CollectionMapping['tables'];

  constructor(tables: CollectionMapping['tables']) {
    this.#tables = tables;
    this.#totals = tables.map(() => undefined);
  }

  add(table: number, totals: DocumentTotals): void {
    this.#totals[table] = totals;
    this.ids.push(...totals.ids);
  }

  hasSame(expected: readonly RowTotals[]): boolean {
    return expected.every(({ rows, sum }, table) => {
      const totals = this.#totals[table];
      return rows === (totals?.rows ?? 0) && sum === (totals?.sum ?? 0n);
    });
  }

  strays(): readonly StrayRows[] {
    return this.#totals.flatMap((totals, table) =>
      totals === undefined ? [] : [{ table: this.#tables[table]!.name, key: totals.key, rows: totals.rows }],
    );
  }
}

/**
 * Finds the documents behind buckets that differ, without reading the rest of the collection again: PostgreSQL says
 * which documents these buckets hold and what their rows add up to, and only these documents are read from the source.
 * All of it is read only when rows are missing in the target, since nothing there says whose.
 */
export class SuspectSearch {
  /** Known when `find` has come to its end. */
  readonly strays: StrayRows[] = [];
  readonly #parts: DigestParts;
  readonly #input: SearchInput;
  #digester: DocumentDigester | undefined;
  readonly #named = new Set<string>();
  #suspects: Uint8Array[] = [];
  /** Rows without an `_id`, by the document's digest. */
  readonly #nameless = new Map<bigint, FoundDocument>();
  /** Buckets that lack documents, with the digests of those that were found. */
  readonly #incomplete = new Map<number, { readonly found: Set<bigint>; lacking: number }>();

  constructor(parts: DigestParts, input: SearchInput) {
    this.#parts = parts;
    this.#input = input;
  }

  /** `_id`s of documents that differ, each once. */
  async *find(): AsyncGenerator<readonly Uint8Array[]> {
    const { exceptions, expected } = this.#input;
    // A document that was set aside for its key shares it with one that was kept, whatever the `_id` of that.
    for (const ids of [exceptions.unjudged, expected.leftOut]) for (const id of ids) this.#suspect(id);
    for (const buckets of this.#searches()) {
      await this.#search(buckets);
      yield* this.#take(idsPerBatch);
    }
    if (this.#incomplete.size > 0) yield* this.#findMissing();
    for (const found of this.#nameless.values()) this.strays.push(...found.strays());
    yield* this.#take(1);
  }

  *#searches(): Generator<readonly number[]> {
    let buckets: number[] = [];
    let documents = 0;
    for (const next of this.#input.buckets) {
      if (buckets.length > 0 && documents + next.documents > documentsPerSearch) {
        yield buckets;
        buckets = [];
        documents = 0;
      }
      buckets.push(next.bucket);
      documents += next.documents;
    }
    if (buckets.length > 0) yield buckets;
  }

  async #search(buckets: readonly number[]): Promise<void> {
    const found = await this.#readTarget(buckets);
    const wanted = new Set(buckets);
    const inSource = new Map(buckets.map((bucket) => [bucket, new Set<bigint>()]));
    const ids = new Map([...found.values()].flatMap((one) => one.ids.map((id) => [idKey(id), id])));
    for await (const batch of this.#readByIds([...ids.values()])) {
      this.#eachDocument(batch, (id, document, totals) => {
        const bucket = this.#bucketOf(document);
        if (wanted.has(bucket)) inSource.get(bucket)!.add(document);
        const one = found.get(document);
        found.delete(document);
        if (one?.hasSame(totals) !== true) this.#suspect(id);
      });
    }
    // What is left in the target came from no document that was read.
    for (const [document, one] of found) {
      if (one.ids.length > 0) for (const id of one.ids) this.#suspect(id);
      else this.#nameless.set(document, one);
    }
    for (const [bucket, documents] of inSource) {
      const lacking = this.#input.expected.sums[0]!.rows(bucket) - documents.size;
      if (lacking > 0) this.#incomplete.set(bucket, { found: documents, lacking });
    }
  }

  async #readTarget(buckets: readonly number[]): Promise<Map<bigint, FoundDocument>> {
    const { mapping, plan, exceptions } = this.#input;
    const { leftOut } = exceptions.sets;
    const found = new Map<bigint, FoundDocument>();
    const tables = await this.#parts.reader.documentTotals(mapping, plan, buckets, this.#parts.signal);
    for (const [table, documents] of tables.entries()) {
      for (const totals of documents) {
        if (leftOut.has(totals.document)) continue;
        const known = found.get(totals.document);
        const one = known ?? new FoundDocument(mapping.tables);
        if (known === undefined) found.set(totals.document, one);
        one.add(table, totals);
      }
    }
    return found;
  }

  #readByIds(ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch> | readonly DocumentBatch[] {
    return ids.length === 0 ? [] : this.#parts.source.readByIds(this.#input.mapping.collection, ids);
  }

  /** Reads the source until every document is found that the buckets lack. */
  async *#findMissing(): AsyncGenerator<readonly Uint8Array[]> {
    const { source, signal, onEvent } = this.#parts;
    const { ranges, mapping } = this.#input;
    const { collection } = mapping;
    for (const { range } of ranges) {
      for await (const batch of source.readRange(collection, range, { signal })) {
        let bytes = 0;
        for (let i = 0; i < batch.count; i++) bytes += batch.view.getInt32(batch.starts[i]!, true);
        onEvent({ kind: 'documents-read', collection, read: batch.count, bytes });
        this.#eachDocument(batch, (id, document, totals) => this.#takeMissing(id, document, totals));
        batch.release();
        yield* this.#take(idsPerBatch);
        if (this.#incomplete.size === 0) return;
      }
    }
  }

  #takeMissing(id: Uint8Array, document: bigint, totals: readonly RowTotals[]): void {
    const bucket = this.#bucketOf(document);
    const one = this.#incomplete.get(bucket);
    if (one === undefined || one.found.has(document)) return;
    one.found.add(document);
    one.lacking--;
    if (one.lacking === 0) this.#incomplete.delete(bucket);
    const nameless = this.#nameless.get(document);
    this.#nameless.delete(document);
    if (nameless?.hasSame(totals) !== true) this.#suspect(id);
  }

  /** Calls `visit` with each document that should have rows. */
  #eachDocument(
    batch: DocumentBatch,
    visit: (id: Uint8Array, document: bigint, totals: readonly RowTotals[]) => void,
  ): void {
    const { signal, transformsOf, run } = this.#parts;
    if (signal.aborted) throw new DocrowError('interrupted', 'Comparing digests was stopped');
    const { mapping, plan, exceptions } = this.#input;
    this.#digester ??= createDigester(
      { transforms: transformsOf(mapping), runTime: run.runTime },
      mapping,
      plan,
      batch,
    );
    const digester = this.#digester;
    const input = memoryOf(batch.bytes, batch.view);
    for (let i = 0; i < batch.count; i++) {
      const start = batch.starts[i]!;
      if (digester.encode(input, start) !== 'loaded') continue;
      const { document } = digester;
      if (exceptions.isLeftOut(document) || exceptions.isRefused(batch.bytes, batch.view, start)) continue;
      const id = readId(batch.bytes, batch.view, start);
      if (id !== undefined) visit(id, toBigInt(document), digester.totals());
    }
  }

  #bucketOf(document: bigint): number {
    return Number(BigInt.asUintN(32, document) & BigInt(this.#input.plan.buckets - 1));
  }

  #suspect(id: Uint8Array): void {
    const key = idKey(id);
    if (this.#named.has(key)) return;
    this.#named.add(key);
    this.#suspects.push(id);
  }

  /** Gives the suspects when there are so many. */
  *#take(least: number): Generator<readonly Uint8Array[]> {
    if (this.#suspects.length < least) return;
    for (let at = 0; at < this.#suspects.length; at += idsPerBatch)
      yield this.#suspects.slice(at, at + idsPerBatch);
    this.#suspects = [];
  }
}
