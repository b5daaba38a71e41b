import { checkDocument } from '../bson/check-document.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping, DocumentPath, TableMapping } from '../mapping/mapping.ts';
import { type ColumnOutcome, type ConversionContext, convertColumn } from './convert-column.ts';
import { rejectDuplicateKeys } from './document-fields.ts';
import type { PlainOutcome } from './plain-outcome.ts';
import { collectRest } from './rest-document.ts';
import { toRest } from './to-rest.ts';
import { valueProblem } from './value-path.ts';

/**
 * Turns one document into the row of a table that has one row per document: the plain and readable way, which says
 * what is right. The encoder does the same fast and is tested against this.
 *
 * The first problem decides: damage, duplicate keys, then the columns in their order, fields that nothing takes, and
 * the rest column.
 * @param document exactly one BSON document
 */
export function convertDocument(
  document: Uint8Array,
  mapping: CollectionMapping,
  table: TableMapping,
  context: ConversionContext,
): PlainOutcome {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  try {
    checkDocument(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
    if (mapping.duplicates === 'reject') rejectDuplicateKeys(bytes, mapping);

    const columns = table.columns.map((column) => convertColumn(column, bytes, mapping, context));
    const values = columns.map(({ text }) => text);
    const rest = collectRest(bytes, pathsOf(table), lostPaths(columns));
    if (table.rest !== undefined) {
      values.push(toRest(rest, mapping.duplicates));
    } else if (table.unmapped === 'reject' && rest.paths[0] !== undefined) {
      throw valueProblem('document-unmapped-field', 'No column takes this field', rest.paths[0]);
    }
    const adjustments = columns.flatMap((outcome, index) =>
      [...outcome.adjustments].map((kind) => ({ column: table.columns[index]?.name ?? '', kind })),
    );
    return { kind: 'row', values, adjustments };
  } catch (error) {
    if (!(error instanceof DocrowError) || error.policy.reaction !== 'reject-document') throw error;
    const path = String(error.context['path'] ?? '');
    return { kind: 'rejected', code: error.code as RejectionCode, path, reason: error.message };
  }
}

const pathsOf = (table: TableMapping): readonly DocumentPath[] =>
  table.columns.flatMap(({ from }) =>
    from.flatMap((source) => (source.kind === 'path' ? [source.path] : [])),
  );

/**
 * Paths whose values the rest column has to hold although columns name them. One that lost in the `from` of one column
 * is not lost when another column has it; `_id` is kept elsewhere.
 */
function lostPaths(columns: readonly ColumnOutcome[]): readonly DocumentPath[] {
  const won = new Set(columns.map(({ winner }) => JSON.stringify(winner)));
  const lost = columns
    .flatMap(({ losing }) => losing)
    .filter((path) => path[0] !== '_id' && !won.has(JSON.stringify(path)));
  return [...lost, ...columns.flatMap(({ setAside }) => (setAside === undefined ? [] : [setAside]))];
}
