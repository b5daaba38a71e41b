import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { CellFinding, ExpectedDocument, RowFinding } from '../../target/row-comparer.ts';
import type { JudgedDocument } from './expected-documents.ts';
import type { RowsParts } from './rows-parts.ts';

/** What is wrong with the rows of a document. */
export interface DocumentFindings {
  readonly id: Uint8Array | undefined;
  /** Whether it should have rows. */
  readonly isExpected: boolean;
  /** Rows that it should have, by table. */
  readonly expectedRows: readonly number[];
  readonly findings: readonly RowFinding[];
  /** Whatever rows it has are right. */
  readonly mayKeepRows: boolean;
}

/** A document that was looked at: what is wrong, and what both sides were. */
export interface LookedAt extends DocumentFindings {
  readonly sides: string;
}

export interface RowLook {
  readonly documents: readonly LookedAt[];
  /** Per table the bucket of each row that was found for documents that should have rows. */
  readonly seen: readonly (readonly number[])[];
}

/**
 * Compares the rows of documents once.
 * @param withSeen whether buckets are wanted
 */
export async function lookAtRows(
  { comparer, signal }: RowsParts,
  mapping: CollectionMapping,
  documents: readonly JudgedDocument[],
  options: { readonly withTexts: boolean; readonly withSeen: boolean },
): Promise<RowLook> {
  const { findings, seen } = await comparer.compareDocuments(mapping, documents, options, signal);
  const byDocument = new Map<number, RowFinding[]>();
  for (const finding of findings) {
    const known = byDocument.get(finding.document);
    if (known === undefined) byDocument.set(finding.document, [finding]);
    else known.push(finding);
  }
  return {
    seen,
    documents: documents.map((document, index) => {
      const found = withoutCleared(document, byDocument.get(index) ?? []);
      return {
        id: document.id,
        isExpected: document.rows !== undefined,
        expectedRows: countRows(document, mapping),
        mayKeepRows: document.mayKeepRows,
        findings: found,
        sides: found.length === 0 ? '' : JSON.stringify([document.content, found]),
      };
    }),
  };
}

const countRows = ({ rows }: ExpectedDocument, { tables }: CollectionMapping): readonly number[] =>
  tables.map((_, index) => rows?.[index]?.length ?? 0);

/**
 * Leaves out references that the load set to NULL: as many as it recorded, those that lead nowhere first. Where such a
 * one has a value all the same, NULL is what it should be.
 */
function withoutCleared({ cleared }: JudgedDocument, findings: readonly RowFinding[]): readonly RowFinding[] {
  if (cleared.length === 0) return findings;
  const excused = new Set<CellFinding>();
  const filled = new Set<CellFinding>();
  for (const { table, column, rows } of cleared) {
    const own = findings
      .filter((finding) => finding.table === table)
      .flatMap(({ cells }) => cells.filter((cell) => cell.column === column));
    const emptied = own
      .filter(({ actual }) => actual === null)
      .sort((a, b) => Number(b.isOrphan) - Number(a.isOrphan))
      .slice(0, rows);
    for (const cell of emptied) excused.add(cell);
    const others = own.filter(({ actual, isOrphan }) => actual !== null && isOrphan);
    for (const cell of others.slice(0, rows - emptied.length)) filled.add(cell);
  }
  return findings.flatMap((finding) => {
    const cells = finding.cells
      .filter((cell) => !excused.has(cell))
      .map((cell) => (filled.has(cell) ? { ...cell, expected: null } : cell));
    return finding.kind === 'changed-row' && cells.length === 0 ? [] : [{ ...finding, cells }];
  });
}
