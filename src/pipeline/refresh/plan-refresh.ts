import type { PlannedRow } from '../../target/refresh-target.ts';
import { currentDocuments } from './current-documents.ts';
import { refreshIds } from './refresh-ids.ts';
import { RefreshPart } from './refresh-part.ts';
import type { RefreshedDocument, RefreshParts } from './refresh-parts.ts';

/** What bringing one document in step would change. */
export interface PlannedDocument extends Pick<RefreshedDocument, 'id' | 'problem'> {
  readonly rows: readonly Omit<PlannedRow, 'document'>[];
}

/** Documents that are compared in one transaction, at most. */
const documentsPerPart = 2_000;

/**
 * Makes the comparison of `refreshDocuments`, and changes nothing. Documents that would not change are left out, unless
 * they are to be rejected. What only PostgreSQL itself refuses, such as a value that is taken, is not seen.
 * @param limit rows of one table and kind of change, at most, in one part of the documents
 */
export async function* planRefresh(
  parts: RefreshParts,
  ids: readonly Uint8Array[],
  limit: number,
): AsyncGenerator<PlannedDocument> {
  const toIds = refreshIds(parts);
  const { source, mapping } = parts;
  for await (const { documents } of currentDocuments(source, mapping.collection, ids, documentsPerPart)) {
    if (documents.length === 0) continue;
    const part = new RefreshPart(parts, documents, toIds, {
      onReject: parts.mapping.onReject,
      audit: undefined,
      counts: 'leave',
    });
    const { rejections, rows } = await part.look(async (transaction, prepared) => ({
      rejections: prepared.rejections,
      rows: await transaction.plan(limit),
    }));
    const rowsOf = new Map<number, Omit<PlannedRow, 'document'>[]>();
    for (const { document, ...row } of rows) {
      const own = rowsOf.get(document);
      if (own === undefined) rowsOf.set(document, [row]);
      else own.push(row);
    }
    for (const [number, { id }] of documents.entries()) {
      const rejection = rejections.get(number);
      const own = rowsOf.get(number) ?? [];
      if (own.length === 0 && rejection === undefined) continue;
      const problem = rejection && {
        code: rejection.code,
        path: rejection.path,
        reason: rejection.reason,
      };
      yield { id, problem, rows: own };
    }
  }
}
