import { createHash64, type Hash64 } from '../../digest/lookup3.ts';
import { RowDigester, toBigInt } from '../../digest/row-digest.ts';
import type { CollectionEncoder, EncodedTable, EncodeOutcome } from '../../encoding/compile-collection.ts';
import type { Memory } from '../../encoding/memory.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DigestPlan } from '../../target/digest-reader.ts';

/** Takes the rows of one document: the table's place in the mapping, the digests of document and row. */
export type TakeRow = (table: number, document: Readonly<Hash64>, row: Readonly<Hash64>) => void;

/** What a document has in one table. */
export interface RowTotals {
  readonly rows: number;
  readonly sum: bigint;
}

/** Makes the rows of one document after the other, and their digests. Nothing of them is kept. */
export class DocumentDigester {
  /** Digest of the key of the last document that became rows. */
  readonly document = createHash64();
  readonly #encoder: CollectionEncoder;
  readonly #tables: readonly EncodedTable[];
  readonly #digesters: readonly RowDigester[];

  /** @param encoder writes jsonb as PostgreSQL prints it */
  constructor(mapping: CollectionMapping, { form }: DigestPlan, encoder: CollectionEncoder) {
    const keyLength = mapping.tables[0]!.key.length;
    this.#encoder = encoder;
    this.#tables = encoder.tables.filter(({ kind }) => kind === 'mapped');
    this.#digesters = mapping.tables.map((table) => new RowDigester(table, keyLength, form, 'as-printed'));
  }

  /** Makes the rows of a document, and the digest of its key. */
  encode(input: Memory, start: number): EncodeOutcome {
    for (const { buffer } of this.#encoder.tables) buffer.truncate(0);
    const outcome = this.#encoder.encode(input, start);
    if (outcome === 'loaded') {
      const root = this.#digesters[0]!;
      root.digest(this.#tables[0]!.buffer.memory, 0);
      this.document.high = root.document.high;
      this.document.low = root.document.low;
    }
    return outcome;
  }

  /** Gives the rows of the document that `encode` made last. */
  takeRows(take: TakeRow): void {
    take(0, this.document, this.#digesters[0]!.row);
    for (let table = 1; table < this.#tables.length; table++) {
      const { buffer } = this.#tables[table]!;
      const digester = this.#digesters[table]!;
      const { memory, length } = buffer;
      for (let at = 0; at < length; ) {
        at = digester.digest(memory, at);
        take(table, digester.document, digester.row);
      }
    }
  }

  /** What the document that `encode` made last has in each table, in the order of the mapping. */
  totals(): readonly RowTotals[] {
    const totals = this.#tables.map(() => ({ rows: 0, sum: 0n }));
    this.takeRows((table, _document, row) => {
      const one = totals[table]!;
      one.rows++;
      one.sum += toBigInt(row);
    });
    return totals;
  }
}
