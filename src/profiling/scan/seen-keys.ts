import { hashBytes } from './hash-bytes.ts';

const smallest = 1024;

/**
 * The keys of those objects of one document whose keys are not told apart by fields, to find one that comes twice.
 * A hash table with open addressing over offsets, for all these objects at once.
 */
export class SeenKeys {
  #capacity = smallest;
  #used = 0;
  #document = 0;
  /** Number of the document that an entry is of; entries of others count as free. */
  #documents = new Int32Array(smallest);
  #objects = new Int32Array(smallest);
  #offsets = new Int32Array(smallest);
  #hashes = new Int32Array(smallest);

  /** Forgets all keys: another document begins. */
  begin(): void {
    if (this.#capacity > smallest && this.#used * 64 < this.#capacity) this.#resize(smallest);
    this.#used = 0;
    this.#document = (this.#document + 1) | 0;
    if (this.#document === 0) this.#documents.fill(-1);
  }

  /**
   * Notes a key, whose bytes end with a zero byte at `stop`.
   * @param object a number that each object of the document has for itself
   * @returns whether the object had it already
   */
  add(object: number, bytes: Uint8Array, view: DataView, start: number, stop: number): boolean {
    if ((this.#used + 1) * 2 > this.#capacity) this.#grow();
    const hash = Math.imul(hashBytes(bytes, view, start, stop) ^ object, 0x9e3779b1);
    const mask = this.#capacity - 1;
    let slot = (hash >>> 7) & mask;
    for (; this.#documents[slot] === this.#document; slot = (slot + 1) & mask) {
      if (this.#hashes[slot] !== hash || this.#objects[slot] !== object) continue;
      if (isSameKey(bytes, this.#offsets[slot] as number, start, stop)) return true;
    }
    this.#put(slot, hash, object, start);
    this.#used++;
    return false;
  }

  #put(slot: number, hash: number, object: number, offset: number): void {
    this.#documents[slot] = this.#document;
    this.#hashes[slot] = hash;
    this.#objects[slot] = object;
    this.#offsets[slot] = offset;
  }

  #grow(): void {
    const documents = this.#documents;
    const [objects, offsets, hashes] = [this.#objects, this.#offsets, this.#hashes];
    this.#resize(this.#capacity * 2);
    const mask = this.#capacity - 1;
    for (let from = 0; from < documents.length; from++) {
      if (documents[from] !== this.#document) continue;
      let slot = ((hashes[from] as number) >>> 7) & mask;
      while (this.#documents[slot] === this.#document) slot = (slot + 1) & mask;
      this.#put(slot, hashes[from] as number, objects[from] as number, offsets[from] as number);
    }
  }

  #resize(capacity: number): void {
    this.#capacity = capacity;
    // No document has this number, until all others were used.
    this.#documents = new Int32Array(capacity).fill(this.#document - 1);
    this.#objects = new Int32Array(capacity);
    this.#offsets = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity);
  }
}

function isSameKey(bytes: Uint8Array, known: number, start: number, stop: number): boolean {
  for (let i = 0; start + i <= stop; i++) if (bytes[known + i] !== bytes[start + i]) return false;
  return true;
}
