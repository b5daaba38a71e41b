import type { ChangedRows } from '../../target/refresh-target.ts';
import type { AppliedPart } from './refresh-part.ts';
import type { DocumentChange, DocumentState, RefreshedDocument } from './refresh-parts.ts';

const noRows: RefreshedDocument['rows'] = [];

/** What became of each document of a part. */
export function describeDocuments(part: AppliedPart): readonly RefreshedDocument[] {
  const { documents, staged, located, rejections, changes, cleared } = part;
  const rowsOf = new Map<number, Omit<ChangedRows, 'document'>[]>();
  for (const { document, table, kind, rows } of changes) {
    const own = rowsOf.get(document);
    if (own === undefined) rowsOf.set(document, [{ table, kind, rows }]);
    else own.push({ table, kind, rows });
  }
  const isCleared = new Set(cleared.map(({ document }) => document));
  return documents.map(({ id, batch }, number) => {
    const rows = rowsOf.get(number) ?? noRows;
    const rejection = rejections.get(number);
    const wasPresent = located.present.has(number);
    let state: DocumentState = 'loaded';
    if (rejection !== undefined) state = 'rejected';
    else if (batch === undefined) state = 'absent';
    else if (staged.filtered.has(number)) state = 'filtered';
    return {
      id,
      state,
      change: changeOf(state, rows.length > 0, wasPresent),
      wasPresent,
      isCleared: isCleared.has(number),
      bytes: batch?.bytes.length ?? 0,
      problem: rejection && { code: rejection.code, path: rejection.path, reason: rejection.reason },
      rows,
    };
  });
}

export function changeOf(state: DocumentState, isChanged: boolean, wasPresent: boolean): DocumentChange {
  if (state === 'rejected') return 'rejected';
  if (!isChanged) return 'unchanged';
  if (state !== 'loaded') return 'deleted';
  return wasPresent ? 'updated' : 'inserted';
}
