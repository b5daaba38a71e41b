import { compileCollection } from '../../encoding/compile-collection.ts';
import { compileFilter } from '../../filtering/compile-filter.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { BatchOutcomes } from './batch-outcomes.ts';
import { BatchRejections } from './batch-rejections.ts';
import { currentDocuments } from './current-documents.ts';
import { describeDocuments } from './describe-documents.ts';
import { jointReferences } from './joint-references.ts';
import { inReferenceOrder } from './reference-order.ts';
import type { BatchOptions, BatchWork } from './refresh-batch.ts';
import { refreshIds } from './refresh-ids.ts';
import { type AppliedPart, type PartOptions, RefreshPart } from './refresh-part.ts';
import type { RefreshedDocument, RefreshParts } from './refresh-parts.ts';
import { waitingCodes } from './waiting-codes.ts';
import { keyOfId, type WaitingDocument, type WaitingDocuments } from './waiting-documents.ts';

/** What one pass over documents of a batch left. */
export interface BatchPass {
  /** Documents that may pass later: rejected ones, cleared ones, and those that followed one that may come back. */
  readonly waiting: ReadonlyMap<string, WaitingDocuments>;
  /** The rejected ones among them. */
  readonly refused: ReadonlyMap<string, WaitingDocuments>;
  /** Keys of all documents that were rejected, for whatever reason. */
  readonly rejectedKeys: ReadonlyMap<string, ReadonlySet<string>>;
  readonly rejected: number;
  readonly isChanged: boolean;
  /** Whether nothing was put off. */
  readonly isFinal: boolean;
}

export interface PassOptions {
  /**
   * - `provisional`: what may pass later is left as it is
   * - `final when alone`: unless there is one part only
   * - `final without rows`: a rejected document has no rows, whatever the mapping says
   */
  readonly mode: 'provisional' | 'final when alone' | 'final' | 'final without rows';
  /** Documents whose references to each other are taken for good. */
  readonly joint?: ReadonlyMap<string, WaitingDocuments>;
}

/** Runs passes over documents of several collections, each in the order of their references. */
export class BatchPasses {
  readonly #options: BatchOptions;
  readonly #outcomes: BatchOutcomes;
  readonly #first: RefreshParts;
  readonly #rejections: BatchRejections;
  /** Referenced ones first. */
  readonly #collections: readonly CollectionMapping[];
  readonly #parts = new Map<string, RefreshParts>();

  constructor(works: readonly BatchWork[], options: BatchOptions, outcomes: BatchOutcomes) {
    this.#options = options;
    this.#outcomes = outcomes;
    this.#first = works[0]!.parts;
    this.#rejections = new BatchRejections(this.#first.store);
    this.#collections = inReferenceOrder(this.#first.collections);
    for (const { parts } of works) {
      this.#parts.set(parts.mapping.collection, { ...parts, store: this.#rejections });
    }
  }

  /** @param ids BSON documents `{_id: value}` by collection */
  async run(
    ids: ReadonlyMap<string, readonly Uint8Array[]>,
    { mode, joint }: PassOptions,
  ): Promise<BatchPass> {
    const found = new FoundInPass();
    const assumed = joint === undefined ? undefined : jointReferences(this.#first, joint);
    for (const mapping of this.#collections) {
      const own = ids.get(mapping.collection);
      if (own === undefined || own.length === 0) continue;
      const parts = this.#partsOf(mapping);
      const { audit, counts, documentsPerTransaction } = this.#options;
      const onReject = mode === 'final without rows' ? 'remove' : this.#options.onReject(mapping);
      const toIds = refreshIds(parts);
      let isFirst = true;
      const read = currentDocuments(parts.source, mapping.collection, own, documentsPerTransaction);
      for await (const { documents, isLast } of read) {
        const isFinal = mode === 'final when alone' ? isFirst && isLast : mode !== 'provisional';
        isFirst = false;
        if (documents.length === 0) continue;
        const options: PartOptions = { onReject, audit, counts, isProvisional: !isFinal, assumed };
        const applied = await new RefreshPart(parts, documents, toIds, options).apply();
        this.#rejections.note(mapping.collection, applied);
        const described = describeDocuments(applied);
        this.#outcomes.note(mapping.collection, described, applied.followers);
        found.note(mapping.collection, applied, described, isFinal);
      }
    }
    return found;
  }

  /** Documents that follow others may be of a collection of which none was asked for. */
  #partsOf(mapping: CollectionMapping): RefreshParts {
    const { collection, where, file } = mapping;
    const known = this.#parts.get(collection);
    if (known !== undefined) return known;
    const { run, transformsOf } = this.#first;
    const encoder = compileCollection({
      mapping,
      runTime: run.runTime,
      transforms: transformsOf(mapping),
      filter: where === undefined ? undefined : compileFilter(where, file),
    });
    const made = { ...this.#first, mapping, encoder, store: this.#rejections };
    this.#parts.set(collection, made);
    return made;
  }
}

class FoundInPass implements BatchPass {
  readonly waiting = new Map<string, Map<string, WaitingDocument>>();
  readonly refused = new Map<string, Map<string, WaitingDocument>>();
  readonly rejectedKeys = new Map<string, Set<string>>();
  rejected = 0;
  isChanged = false;
  isFinal = true;

  note(
    collection: string,
    { documents, rejections, followers }: AppliedPart,
    described: readonly RefreshedDocument[],
    isFinal: boolean,
  ): void {
    if (!isFinal) this.isFinal = false;
    for (const [number, { id, state, problem, isCleared, rows }] of described.entries()) {
      if (rows.length > 0) this.isChanged = true;
      if (state !== 'rejected' && !isCleared) continue;
      const key = keyOfId(id);
      if (state === 'rejected') {
        this.rejected++;
        placeOf(this.rejectedKeys, collection, newSet).add(key);
        if (!waitingCodes.includes(problem!.code)) continue;
      }
      const entry = { id: documents[number]!.id, document: rejections.get(number)?.document };
      placeOf(this.waiting, collection, newMap).set(key, entry);
      if (state === 'rejected') placeOf(this.refused, collection, newMap).set(key, entry);
    }
    if (followers.length > 0) this.isChanged = true;
    // Only where documents are rejected for good can one come back that others have followed.
    if (!isFinal) return;
    for (const { collection: name, id } of followers) {
      placeOf(this.waiting, name, newMap).set(keyOfId(id), { id, document: undefined });
    }
  }
}

const newMap = (): Map<string, WaitingDocument> => new Map();
const newSet = (): Set<string> => new Set();

function placeOf<T>(places: Map<string, T>, name: string, create: () => T): T {
  const known = places.get(name);
  if (known !== undefined) return known;
  const made = create();
  places.set(name, made);
  return made;
}
