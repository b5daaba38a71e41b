import { checkDocument } from '../bson/check-document.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { ConversionContext } from './convert-column.ts';
import { convertRow } from './convert-row.ts';
import type { Adjustment, PlainOutcome } from './plain-outcome.ts';
import { documentSource } from './row-source.ts';

/**
 * Turns one document into its row of the root table and its rows of the child tables: the plain and readable way,
 * which says what is right. The encoder does the same fast and is tested against this.
 *
 * The first problem decides: damage, then row by row as `convertRow` says, the root's first. A problem in any row sets
 * the whole document aside.
 * @param document exactly one BSON document
 */
export function convertDocument(
  document: Uint8Array,
  mapping: CollectionMapping,
  context: ConversionContext,
): PlainOutcome {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const [root] = mapping.tables;
  if (root === undefined) throw new DocrowError('mapping-invalid', 'The mapping has no table');
  const rows = new Map(mapping.tables.map(({ name }) => [name, [] as (string | null)[][]]));
  const adjustments = new Map<string, Adjustment>();
  try {
    checkDocument(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
    convertRow(root, documentSource(bytes), {
      mapping,
      context,
      add: (table, values) => rows.get(table)?.push([...values]),
      note: (adjustment) => adjustments.set(JSON.stringify(adjustment), adjustment),
    });
  } catch (error) {
    if (!(error instanceof DocrowError) || error.policy.reaction !== 'reject-document') throw error;
    const path = String(error.context['path'] ?? '');
    return { kind: 'rejected', code: error.code as RejectionCode, path, reason: error.message };
  }
  const tables = [...rows].map(([table, ofTable]) => ({ table, rows: ofTable }));
  return { kind: 'rows', tables, adjustments: [...adjustments.values()] };
}
