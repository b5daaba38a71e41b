import { currentDocuments } from './current-documents.ts';
import { describeDocuments } from './describe-documents.ts';
import { refreshIds } from './refresh-ids.ts';
import { RefreshPart } from './refresh-part.ts';
import type {
  RefreshedDocument,
  RefreshFollower,
  RefreshOptions,
  RefreshOutcome,
  RefreshParts,
} from './refresh-parts.ts';

/**
 * Brings the rows of exactly these documents in step with the source, whatever they are now: rows are inserted,
 * updated and deleted, and those that would not change are left alone. A document that cannot be loaded becomes a
 * rejection; one that was rejected and can be loaded now is none any more. Calling it again does nothing.
 *
 * Transactions are of bounded size, each with whole documents.
 * @param ids BSON documents `{_id: value}`
 * @throws DocrowError those of source and target; `row-refused` when no document can be blamed for a refusal
 */
export async function refreshDocuments(
  parts: RefreshParts,
  ids: readonly Uint8Array[],
  options: RefreshOptions,
): Promise<RefreshOutcome> {
  const documents: RefreshedDocument[] = [];
  const followers: RefreshFollower[] = [];
  const toIds = refreshIds(parts);
  const { source, mapping } = parts;
  const read = currentDocuments(source, mapping.collection, ids, options.documentsPerTransaction);
  for await (const { documents: current } of read) {
    if (options.soft?.aborted === true) return { documents, followers, isComplete: false };
    if (current.length === 0) continue;
    const applied = await new RefreshPart(parts, current, toIds, options).apply();
    const described = describeDocuments(applied);
    for (const document of described) documents.push(document);
    options.onCommit?.(described);
    for (const follower of applied.followers) followers.push(follower);
  }
  return { documents, followers, isComplete: true };
}
