import { readId } from '../../bson/read-id.ts';
import type { Hash64 } from '../../digest/lookup3.ts';
import { toBigInt } from '../../digest/row-digest.ts';
import { copyOf, memoryOf } from '../../encoding/memory.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DigestPlan } from '../../target/digest-reader.ts';
import { constraintCodes } from '../constraint-codes.ts';
import { createDigester, type DigestParts } from './create-digester.ts';

/** An `_id` document as a key of a Set: one character per byte. */
export const idKey = (id: Uint8Array): string => Buffer.from(id).toString('latin1');

/** Documents whose rows are not what the encoder makes of them. */
export class Exceptions {
  /** They have no rows, since a constraint refused these. */
  readonly #refused = new Set<string>();
  readonly #leftOut = new Set<bigint>();
  readonly #leftOutLow = new Set<number>();
  /** `_id`s of documents whose rows digests cannot judge. */
  readonly unjudged: Uint8Array[] = [];

  /** Digests of the keys of documents that are left out of the sums on both sides. */
  get leftOut(): readonly bigint[] {
    return [...this.#leftOut];
  }

  /** Whether a constraint took the document out. */
  isRefused(bytes: Uint8Array, view: DataView, start: number): boolean {
    if (this.#refused.size === 0) return false;
    const id = readId(bytes, view, start);
    return id !== undefined && this.#refused.has(idKey(id));
  }

  isLeftOut(document: Readonly<Hash64>): boolean {
    return this.#leftOutLow.has(document.low) && this.#leftOut.has(toBigInt(document));
  }

  refuse(id: Uint8Array): void {
    this.#refused.add(idKey(id));
  }

  leaveOut(id: Uint8Array, document: Readonly<Hash64>): void {
    this.#leftOut.add(toBigInt(document));
    this.#leftOutLow.add(document.low);
    this.unjudged.push(id);
  }
}

/**
 * Reads what rejections and cleared references say about a collection.
 *
 * Where a reference was set to NULL, the encoder would still write what the document has, and the records do not say in
 * which of a document's child rows it was. And of documents in a file that have one `_id` a rejection does not say which
 * was kept. Such documents are left out on both sides, and named, to be compared row by row.
 */
export async function readExceptions(
  parts: DigestParts,
  mapping: CollectionMapping,
  plan: DigestPlan,
): Promise<Exceptions> {
  const { source, digests, run } = parts;
  const { collection } = mapping;
  const exceptions = new Exceptions();
  const digester = createDigester(parts, mapping, plan);
  const hasUniqueIds = run.identity.kind === 'mongo';
  for await (const { id, code, document } of digests.rejectedIds(run.runId, collection)) {
    if (!constraintCodes.includes(code)) continue;
    if (code === 'duplicate-value' && !hasUniqueIds) {
      if (document !== undefined && digester.encode(copyOf(document), 0) === 'loaded')
        exceptions.leaveOut(id, digester.document);
    } else exceptions.refuse(id);
  }
  const cleared = await digests.clearedIds(run.runId, collection);
  if (cleared.length === 0) return exceptions;
  for await (const batch of source.readByIds(collection, cleared)) {
    const input = memoryOf(batch.bytes, batch.view);
    for (let i = 0; i < batch.count; i++) {
      const start = batch.starts[i]!;
      const id = readId(batch.bytes, batch.view, start);
      if (id !== undefined && digester.encode(input, start) === 'loaded')
        exceptions.leaveOut(id, digester.document);
    }
    batch.release();
  }
  return exceptions;
}
