import { compareIds } from '../../bson/compare-ids.ts';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import { type CursorField, type FieldValue, isSince, kindOfValue } from './cursor-field.ts';
import type { ResyncParts } from './resync-parts.ts';

type SourceParts = Pick<ResyncParts, 'source' | 'store' | 'run' | 'soft'>;

/** What was seen in a field, of the documents that were read. */
export class SeenValues {
  /** Documents by the kind of their value; `other` are those without the field too. */
  readonly documents = new Map<FieldValue['kind'], number>();
  readonly #highest = new Map<FieldValue['kind'], Uint8Array>();

  add(value: FieldValue): void {
    this.documents.set(value.kind, this.count(value.kind) + 1);
    if (!('value' in value)) return;
    const highest = this.#highest.get(value.kind);
    if (highest === undefined || compareIds(highest, value.value) < 0)
      this.#highest.set(value.kind, value.value);
  }

  count(kind: FieldValue['kind']): number {
    return this.documents.get(kind) ?? 0;
  }

  get total(): number {
    return [...this.documents.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The highest value of a kind, or of the kind that most documents have. */
  highest(kind?: FieldValue['kind']): Uint8Array | undefined {
    const [most] = [...this.#highest.keys()].sort((a, b) => this.count(b) - this.count(a));
    return this.#highest.get(kind ?? most ?? 'other');
  }
}

/** Reads a field of all documents. @throws DocrowError `settings-invalid` when it is in an array */
export async function seeAllValues(
  parts: SourceParts,
  mapping: CollectionMapping,
  field: CursorField,
): Promise<SeenValues> {
  const seen = new SeenValues();
  for await (const batch of read(parts, mapping, field, undefined)) {
    for (let index = 0; index < batch.count; index++) seen.add(valueAt(batch, index, field, mapping));
    batch.release();
  }
  return seen;
}

/**
 * Reads what has to be looked at: documents whose field is at the bound or above, missing, or of another kind.
 * @param seen takes up their values
 * @throws DocrowError `settings-invalid` when the field is in an array
 */
export async function* readSince(
  parts: SourceParts,
  mapping: CollectionMapping,
  field: CursorField,
  bound: Uint8Array,
  seen: SeenValues,
): AsyncGenerator<readonly Uint8Array[]> {
  for await (const batch of read(parts, mapping, field, bound)) {
    const ids: Uint8Array[] = [];
    for (let index = 0; index < batch.count; index++) {
      const value = valueAt(batch, index, field, mapping);
      if (!isSince(value, bound)) continue;
      const id = readId(batch.bytes, batch.view, batch.starts[index]!);
      if (id === undefined) continue;
      seen.add(value);
      ids.push(id);
    }
    batch.release();
    yield ids;
  }
}

/** Documents that have another kind of value than the mark, or none. */
export const othersThan = (seen: SeenValues, mark: Uint8Array): number =>
  seen.total - seen.count(kindOfValue(mark));

async function* read(
  { source, store, run, soft }: SourceParts,
  { collection }: CollectionMapping,
  { path }: CursorField,
  since: Uint8Array | undefined,
): AsyncGenerator<DocumentBatch> {
  if (source.readFields !== undefined) {
    yield* source.readFields(collection, { path, since, signal: soft });
    return;
  }
  for (const { range } of await store.ranges(run.runId, collection)) {
    yield* source.readRange(collection, range, { signal: soft });
  }
}

function valueAt(
  { bytes, view, starts }: DocumentBatch,
  index: number,
  field: CursorField,
  { collection }: CollectionMapping,
): FieldValue {
  try {
    const value = field.valueIn(bytes, view, starts[index]!);
    if (value.kind !== 'array') return value;
  } catch {
    // What is damaged is looked at each time, and set aside with its reason.
    return { kind: 'other' };
  }
  throw new DocrowError(
    'settings-invalid',
    `Field ${field.name} is an array, or in one, in a document of ${collection}: which of its values is the last is not known`,
    { collection },
  ).advising('Name a field with one value with --cursor, or use --full');
}
