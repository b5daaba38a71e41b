import { readId } from '../../bson/read-id.ts';
import type { Hash64 } from '../../digest/lookup3.ts';
import { toBigInt } from '../../digest/row-digest.ts';
import { copyOf, type Memory, memoryOf } from '../../encoding/memory.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DigestPlan } from '../../target/digest-reader.ts';
import { constraintCodes } from '../constraint-codes.ts';
import { createDigester, type DigestParts } from './create-digester.ts';
import type { ExceptionSets } from './range-digesters.ts';

/** An `_id` document as a key of a Set: one character per byte. */
export const idKey = (id: Uint8Array): string => Buffer.from(id).toString('latin1');

/** Looks up whether a document is an exception. */
export class Exceptions {
  readonly sets: ExceptionSets;
  /** `_id`s of documents whose rows digests cannot judge. */
  readonly unjudged: readonly Uint8Array[];
  /** Lower halves of the digests that are left out, which nearly every other document differs from. */
  readonly #leftOutLow: ReadonlySet<number>;

  constructor(sets: ExceptionSets, unjudged: readonly Uint8Array[] = []) {
    this.sets = sets;
    this.unjudged = unjudged;
    this.#leftOutLow = new Set([...sets.leftOut].map((document) => Number(BigInt.asIntN(32, document))));
  }

  /** Whether a constraint took the document out. */
  isRefused(bytes: Uint8Array, view: DataView, start: number): boolean {
    const { refused } = this.sets;
    if (refused.size === 0) return false;
    const id = readId(bytes, view, start);
    return id !== undefined && refused.has(idKey(id));
  }

  isLeftOut(document: Readonly<Hash64>): boolean {
    return this.#leftOutLow.has(document.low | 0) && this.sets.leftOut.has(toBigInt(document));
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
  const { source, digests, run, transformsOf } = parts;
  const { collection } = mapping;
  const refused = new Set<string>();
  const leftOut = new Set<bigint>();
  const unjudged: Uint8Array[] = [];
  const digester = createDigester({ transforms: transformsOf(mapping), runTime: run.runTime }, mapping, plan);
  const leaveOut = (id: Uint8Array, input: Memory, start: number): void => {
    if (digester.encode(input, start) !== 'loaded') return;
    leftOut.add(toBigInt(digester.document));
    unjudged.push(id);
  };
  const hasUniqueIds = run.identity.kind === 'mongo';
  for await (const { id, code, document } of digests.rejectedIds(run.runId, collection)) {
    if (!constraintCodes.includes(code)) continue;
    if (code !== 'duplicate-value' || hasUniqueIds) refused.add(idKey(id));
    else if (document !== undefined) leaveOut(id, copyOf(document), 0);
  }
  const cleared = await digests.clearedIds(run.runId, collection);
  for await (const batch of cleared.length === 0 ? [] : source.readByIds(collection, cleared)) {
    const input = memoryOf(batch.bytes, batch.view);
    for (let i = 0; i < batch.count; i++) {
      const start = batch.starts[i]!;
      const id = readId(batch.bytes, batch.view, start);
      if (id !== undefined) leaveOut(id, input, start);
    }
    batch.release();
  }
  return new Exceptions({ refused, leftOut }, unjudged);
}
