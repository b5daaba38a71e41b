/**
 * A set of 64-bit hashes in bounded memory. When it is full it keeps a part of them, those whose low bits are zero,
 * and says for which others it can no longer speak. So both sides of a comparison look at the same part.
 */
export class HashSet {
  #low = new Uint32Array(1024);
  #high = new Uint32Array(1024);
  #size = 0;
  /** Hashes are kept whose low half has none of these bits. */
  #mask = 0;
  readonly #limit: number;

  /** @param limit hashes that are kept, at most; 16 bytes of memory each */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isSample(): boolean {
    return this.#mask > 0;
  }

  /** Whether the set can say if it has the hash. */
  covers(low: number): boolean {
    return (low & this.#mask) === 0;
  }

  /** Adds a hash; false when it was there already. */
  add(low: number, high: number): boolean {
    if (!this.covers(low)) return true;
    const at = this.#find(low, high);
    if (!this.#isFree(at)) return false;
    this.#put(at, low, high);
    if (this.#size > this.#limit) {
      this.#mask = this.#mask * 2 + 1;
      this.#rebuild(this.#low.length);
    } else if (this.#size * 2 > this.#low.length) this.#rebuild(this.#low.length * 2);
    return true;
  }

  has(low: number, high: number): boolean {
    return !this.#isFree(this.#find(low, high));
  }

  // A high half of zero marks a free place; a hash with one counts as if it had a 1 there.
  #isFree(at: number): boolean {
    return this.#high[at] === 0;
  }

  /** The place of a hash, or the free one where it belongs. */
  #find(low: number, high: number): number {
    const last = this.#low.length - 1;
    const stored = (high || 1) >>> 0;
    // The low half chooses the sample, so the high one chooses the place.
    let at = stored & last;
    while (!this.#isFree(at) && (this.#low[at] !== low >>> 0 || this.#high[at] !== stored))
      at = (at + 1) & last;
    return at;
  }

  #put(at: number, low: number, high: number): void {
    this.#low[at] = low;
    this.#high[at] = high || 1;
    this.#size++;
  }

  #rebuild(length: number): void {
    const [low, high] = [this.#low, this.#high];
    this.#low = new Uint32Array(length);
    this.#high = new Uint32Array(length);
    this.#size = 0;
    for (let i = 0; i < low.length; i++) {
      const [l, h] = [low[i] as number, high[i] as number];
      if (h !== 0 && this.covers(l)) this.#put(this.#find(l, h), l, h);
    }
  }
}
