import type { CollectionMapping } from '../../mapping/mapping.ts';
import { BatchOutcomes } from './batch-outcomes.ts';
import { type BatchPass, BatchPasses } from './batch-passes.ts';
import { areInCircle } from './reference-order.ts';
import type { RefreshOptions, RefreshOutcome, RefreshParts } from './refresh-parts.ts';
import { countOf, type WaitingDocuments } from './waiting-documents.ts';

/** Documents of one collection that are brought in step together with those of others. */
export interface BatchWork {
  /** `target` is the batch, the same for all works. */
  readonly parts: RefreshParts;
  /** BSON documents `{_id: value}`. */
  readonly ids: readonly Uint8Array[];
}

export interface BatchOptions extends Pick<RefreshOptions, 'audit' | 'counts' | 'documentsPerTransaction'> {
  readonly onReject: (mapping: CollectionMapping) => RefreshOptions['onReject'];
}

/** Documents wait for each other in chains; a pass settles one link at least. */
const maxPasses = 100;

/**
 * Brings documents of several collections in step, in one transaction that is the caller's to commit.
 *
 * Referenced collections come first. Documents that may pass once others are in step are left as they are at first, and
 * looked at again as long as that helps. Then what is left is rejected, which may free what others need, until nothing
 * changes. Where collections refer to each other in a circle, those that are left are tried together before.
 * @param works at most one of each collection
 * @returns what became of the documents of each work, in their order; followers that are not among them are told once
 * @throws DocrowError those of source and target; the batch can be rolled back only
 */
export async function refreshBatch(
  works: readonly BatchWork[],
  options: BatchOptions,
): Promise<readonly RefreshOutcome[]> {
  const [first] = works;
  if (first === undefined) return [];
  const outcomes = new BatchOutcomes();
  const passes = new BatchPasses(works, options, outcomes);
  const ids = new Map(works.map(({ parts, ids: own }) => [parts.mapping.collection, own] as const));
  let pass = await passes.run(ids, { mode: works.length === 1 ? 'final when alone' : 'provisional' });
  if (pass.isFinal) {
    // A part alone has done all that it can, unless one that is rejected had what another one needs.
    if (countOf(pass.waiting) === 0 || pass.rejected < 2) return outcomes.of(works);
  } else {
    pass = await whileItHelps(passes, pass);
    pass = await refreshCircles(passes, first.parts.collections, pass);
  }
  for (let left = maxPasses; left > 0 && countOf(pass.waiting) > 0; left--) {
    pass = await passes.run(idsOf(pass.waiting), { mode: 'final' });
    if (!pass.isChanged) break;
  }
  return outcomes.of(works);
}

/** Looks again at documents that wait for others. @returns what is left of them */
async function whileItHelps(passes: BatchPasses, first: BatchPass): Promise<BatchPass> {
  let pass = first;
  for (let left = maxPasses; left > 0 && countOf(pass.waiting) > 0; left--) {
    const before = countOf(pass.waiting);
    pass = await passes.run(idsOf(pass.waiting), { mode: 'provisional' });
    if (!pass.isChanged && countOf(pass.waiting) >= before) break;
  }
  // References that were cleared and still lead nowhere are settled.
  return { ...pass, waiting: pass.refused };
}

/**
 * Tries documents of collections that refer to each other in a circle together, taking the references between them for
 * good; then without those that are rejected all the same, until all of the rest is loaded.
 * @returns what is left
 */
async function refreshCircles(
  passes: BatchPasses,
  collections: readonly CollectionMapping[],
  pass: BatchPass,
): Promise<BatchPass> {
  const waiting = pass.refused;
  if (!areInCircle(collections, new Set(waiting.keys()))) return pass;
  const left = new Map<string, WaitingDocuments>();
  let joint = waiting;
  let tried: BatchPass;
  for (let isFirst = true; ; isFirst = false) {
    tried = await passes.run(idsOf(joint), { mode: isFirst ? 'final' : 'final without rows', joint });
    for (const [name, documents] of tried.waiting) {
      left.set(name, new Map([...(left.get(name) ?? []), ...documents]));
    }
    const next = without(joint, tried.rejectedKeys);
    if (countOf(next) === countOf(joint) || countOf(next) === 0) break;
    joint = next;
  }
  return { ...tried, waiting: left };
}

type Waiting = ReadonlyMap<string, WaitingDocuments>;

const idsOf = (waiting: Waiting): ReadonlyMap<string, readonly Uint8Array[]> =>
  new Map([...waiting].map(([name, documents]) => [name, [...documents.values()].map(({ id }) => id)]));

function without(waiting: Waiting, rejected: ReadonlyMap<string, ReadonlySet<string>>): Waiting {
  return new Map(
    [...waiting].map(([name, documents]) => [
      name,
      new Map([...documents].filter(([key]) => rejected.get(name)?.has(key) !== true)),
    ]),
  );
}
