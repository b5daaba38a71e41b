import { readId } from '../../bson/read-id.ts';
import { compileFilter, type DocumentFilter } from '../../filtering/compile-filter.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { convertDocument } from '../../values/convert-document.ts';
import type { PlainTableRows } from '../../values/plain-outcome.ts';
import type { DocumentsParts } from './documents-parts.ts';
import type { ExpectedAbsences } from './expected-absences.ts';

/** A document that should have rows. */
export interface LoadedDocument {
  readonly bytes: Buffer;
  /** BSON document `{_id: value}`. */
  readonly id: Uint8Array | undefined;
  /** What the plain conversion makes of it. */
  readonly rows: readonly PlainTableRows[];
  /** Texts of the root table's key. */
  readonly key: readonly string[];
}

/** Says which rows a document should have, by the plain conversion. */
export class ExpectedRows {
  readonly #parts: Pick<DocumentsParts, 'run' | 'transformsOf'>;
  readonly #mapping: CollectionMapping;
  readonly #absences: ExpectedAbsences;
  readonly #filter: DocumentFilter | undefined;

  constructor(
    parts: Pick<DocumentsParts, 'run' | 'transformsOf'>,
    mapping: CollectionMapping,
    absences: ExpectedAbsences,
  ) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#absences = absences;
    this.#filter = mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file);
  }

  /** Undefined for a document that should have no rows: one that is filtered, does not fit, or was set aside. */
  rowsOf(bytes: Buffer): LoadedDocument | undefined {
    const { run, transformsOf } = this.#parts;
    const outcome = convertDocument(bytes, this.#mapping, {
      runTime: run.runTime,
      transforms: transformsOf(this.#mapping),
    });
    // The conversion has found the document sound, as the filter needs it.
    if (outcome.kind === 'rejected') return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#filter !== undefined && !this.#filter(bytes, view, 0)) return undefined;
    const id = readId(bytes, view, 0);
    if (this.#absences.isAbsent(id, bytes)) return undefined;
    const root = this.#mapping.tables[0]!;
    const row = outcome.tables[0]!.rows[0]!;
    const key = root.key.map((name) => row[root.columns.findIndex((column) => column.name === name)] ?? '');
    return { bytes, id, rows: outcome.tables, key };
  }
}
