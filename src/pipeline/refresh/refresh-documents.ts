import type { ChangedRows } from '../../target/refresh-target.ts';
import { currentDocuments } from './current-documents.ts';
import { refreshIds } from './refresh-ids.ts';
import { type AppliedPart, RefreshPart } from './refresh-part.ts';
import type {
  DocumentChange,
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
 * Transactions are of bounded size, each with whole documents; `hook` runs in the last of them, so that what it records
 * is durable only when all the documents are.
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
  for await (const { documents: current, isLast } of read) {
    if (options.soft?.aborted === true) return { documents, followers, isComplete: false };
    if (current.length === 0 && (!isLast || options.hook === undefined)) continue;
    const part = new RefreshPart(parts, current, toIds, options.onReject);
    const applied = await part.apply(options.audit, isLast ? options.hook : undefined);
    const described = [...describe(applied)];
    for (const document of described) documents.push(document);
    options.onCommit?.(described);
    followers.push(...applied.followers);
  }
  return { documents, followers, isComplete: true };
}

function* describe({
  documents,
  staged,
  located,
  rejections,
  changes,
}: AppliedPart): Iterable<RefreshedDocument> {
  const rowsOf = new Map<number, Omit<ChangedRows, 'document'>[]>();
  for (const { document, ...rows } of changes) {
    const own = rowsOf.get(document);
    if (own === undefined) rowsOf.set(document, [rows]);
    else own.push(rows);
  }
  const isStaged = new Set(staged.staged);
  for (const [number, { id }] of documents.entries()) {
    const rows = rowsOf.get(number) ?? [];
    const rejection = rejections.get(number);
    if (rejection !== undefined) {
      const { code, path, reason } = rejection;
      yield { id, change: 'rejected', problem: { code, path, reason }, rows };
    } else {
      const isPresent = located.present.has(number);
      yield { id, change: changeOf(rows, isPresent, isStaged.has(number)), problem: undefined, rows };
    }
  }
}

function changeOf(rows: readonly unknown[], wasPresent: boolean, isPresent: boolean): DocumentChange {
  if (rows.length === 0) return 'unchanged';
  if (!isPresent) return 'deleted';
  return wasPresent ? 'updated' : 'inserted';
}
