import { compareIds } from '../../bson/compare-ids.ts';
import { readId } from '../../bson/read-id.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { DocumentBatch } from '../../source/document-source.ts';

/** `_id`s of a batch's documents; those that are damaged before it are left out. */
export function* idsOf({ bytes, view, starts, count }: DocumentBatch): Generator<Uint8Array> {
  for (let index = 0; index < count; index++) {
    try {
      const id = readId(bytes, view, starts[index]!);
      if (id !== undefined) yield id;
    } catch (error) {
      if (!(error instanceof DocrowError)) throw error;
    }
  }
}

/** `_id`s by value, as MongoDB compares them: 1, 1.0 and Long 1 are one. */
export class IdSet {
  readonly #sorted: readonly Uint8Array[];

  constructor(ids: readonly Uint8Array[]) {
    this.#sorted = ids.toSorted(compareIds);
  }

  /** Those that were given several times, each once. */
  repeated(): readonly Uint8Array[] {
    const isSame = (a: number, b: number): boolean =>
      a >= 0 && b < this.#sorted.length && compareIds(this.#sorted[a]!, this.#sorted[b]!) === 0;
    return this.#sorted.filter((_, at) => isSame(at, at + 1) && !isSame(at - 1, at));
  }

  has(id: Uint8Array): boolean {
    let low = 0;
    let high = this.#sorted.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = compareIds(this.#sorted[middle]!, id);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
