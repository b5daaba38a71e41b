import { createMemory, type Memory } from '../encoding/memory.ts';
import type { ColumnType, TableMapping } from '../mapping/mapping.ts';
import { type DigestForm, keySeed } from './digest-form.ts';
import { digestColumns, digestParts } from './digest-parts.ts';
import { createHash64, type Hash64 } from './lookup3.ts';
import { createRecordHash, type RecordHash } from './record-hash.ts';
import { createFieldHasher, type FieldHasher, type JsonbSpelling } from './send-form.ts';

const nothing = createMemory(0);

/** Computes the digests of one table's rows from their COPY BINARY form, as DigestReader's SQL does from the table. */
export class RowDigester {
  /** Digests of the last row: of the document's key, and of the whole row. */
  readonly document = createHash64();
  readonly row = createHash64();
  readonly #key = createHash64();
  readonly #form: DigestForm;
  readonly #hash: RecordHash;
  readonly #hashers: readonly FieldHasher[];
  readonly #offsets: Int32Array;
  readonly #lengths: Int32Array;
  readonly #documentColumns: Int32Array;
  readonly #keyColumns: Int32Array;
  readonly #rowColumns: Int32Array;

  constructor(table: TableMapping, keyLength: number, form: DigestForm, jsonb: JsonbSpelling) {
    const columns = digestColumns(table);
    const names = columns.map(({ name }) => name);
    const indexes = (wanted: readonly string[]): Int32Array =>
      Int32Array.from(wanted, (name) => names.indexOf(name));
    const parts = digestParts(table, keyLength, form);
    this.#form = form;
    this.#hash = createRecordHash(form);
    this.#hashers = columns.map(({ type }) => createFieldHasher(type, jsonb));
    this.#offsets = new Int32Array(columns.length);
    this.#lengths = new Int32Array(columns.length);
    this.#documentColumns = indexes(parts.document);
    this.#keyColumns = indexes(parts.key);
    this.#rowColumns = indexes(parts.row);
  }

  /** Digests the row at `at`. @returns the offset after it */
  digest(input: Memory, at: number): number {
    const end = this.#findFields(input, at);
    const { document, row } = this;
    this.#hashColumns(input, this.#documentColumns, keySeed, document);
    if (this.#form === 'sha256') {
      this.#hashColumns(input, this.#rowColumns, keySeed, row);
      return end;
    }
    let key = document;
    if (this.#keyColumns.length > this.#documentColumns.length) {
      key = this.#key;
      this.#hashColumns(input, this.#keyColumns, keySeed, key);
    }
    const hash = this.#hash;
    hash.begin(this.#rowColumns.length + 1, key);
    this.#addColumns(input, this.#rowColumns);
    // An empty value, so that the key counts in rows that have nothing else.
    hash.add(nothing, 0, 0);
    hash.end(row);
    return end;
  }

  #findFields({ view }: Memory, at: number): number {
    const offsets = this.#offsets;
    const lengths = this.#lengths;
    at += 2;
    for (let i = 0; i < offsets.length; i++) {
      const length = view.getInt32(at);
      at += 4;
      offsets[i] = at;
      lengths[i] = length;
      if (length > 0) at += length;
    }
    return at;
  }

  #hashColumns(input: Memory, columns: Int32Array, seed: Readonly<Hash64>, result: Hash64): void {
    this.#hash.begin(columns.length, seed);
    this.#addColumns(input, columns);
    this.#hash.end(result);
  }

  #addColumns(input: Memory, columns: Int32Array): void {
    const hash = this.#hash;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const length = this.#lengths[column]!;
      if (length < 0) hash.addNull();
      else this.#hashers[column]!(hash, input, this.#offsets[column]!, length);
    }
  }
}

/** Digest of one value alone, as the self-test compares it. @param field in COPY BINARY form; undefined for NULL */
export function digestValue(type: ColumnType, field: Uint8Array | undefined, form: DigestForm): bigint {
  const hash = createRecordHash(form);
  hash.begin(1, keySeed);
  if (field === undefined) hash.addNull();
  else {
    const memory = createMemory(field.length);
    memory.bytes.set(field);
    createFieldHasher(type, 'any')(hash, memory, 0, field.length);
  }
  const result = createHash64();
  hash.end(result);
  return toBigInt(result);
}

/** A hash as PostgreSQL's bigint. */
export const toBigInt = ({ high, low }: Readonly<Hash64>): bigint =>
  (BigInt(high) << 32n) | BigInt(low >>> 0);
