/** Different texts that are kept, and their longest. */
const maxKept = 32;
const maxKeptLength = 64;

/** A table with room to spare, so that searches are short; a power of two. */
const slots = 64;

interface KeptText {
  readonly hash: number;
  readonly bytes: Uint8Array;
  count: number;
}

/** Registers of the estimate: 2^10 of one byte give a standard error of 1.04 / √1024, about 3 %. */
const registerBits = 10;
const registers = 1 << registerBits;

/**
 * Counts different texts: exactly, with the texts, while there are few short ones, and from then on by HyperLogLog
 * (Flajolet, Fusy, Gandouet, Meunier 2007) of their hashes in 1 kB.
 */
export class DistinctTexts {
  #kept: (KeptText | undefined)[] | undefined = new Array(slots).fill(undefined);
  #keptCount = 0;
  #registers: Uint8Array | undefined;

  /** @param length in code points */
  add(hash: number, bytes: Uint8Array, start: number, end: number, length: number): void {
    const kept = this.#kept;
    if (kept === undefined) {
      this.#note(hash);
      return;
    }
    let slot = hash & (slots - 1);
    for (let text = kept[slot]; text !== undefined; text = kept[slot]) {
      if (text.hash === hash && isSame(text.bytes, bytes, start, end)) {
        text.count++;
        return;
      }
      slot = (slot + 1) & (slots - 1);
    }
    if (length > maxKeptLength || this.#keptCount === maxKept) {
      this.forget();
      this.#note(hash);
      return;
    }
    this.#keptCount++;
    kept[slot] = { hash, bytes: Uint8Array.prototype.slice.call(bytes, start, end), count: 1 };
  }

  /** From now on texts are counted, and no longer kept. */
  forget(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    this.#registers = new Uint8Array(registers);
    for (const text of kept) if (text !== undefined) this.#note(text.hash);
  }

  merge(other: DistinctTexts): void {
    if (other.#kept !== undefined) {
      for (const text of other.#kept) {
        if (text === undefined) continue;
        // Kept texts have no more characters than bytes, so none is too long here.
        this.add(text.hash, text.bytes, 0, text.bytes.length, 0);
        this.#addToCount(text, text.count - 1);
      }
      return;
    }
    this.forget();
    const own = this.#registers!;
    for (const [index, rank] of other.#registers!.entries()) if (rank > own[index]!) own[index] = rank;
  }

  #addToCount({ hash, bytes }: KeptText, more: number): void {
    const same = this.#kept?.find(
      (text) => text !== undefined && text.hash === hash && isSame(text.bytes, bytes, 0, bytes.length),
    );
    if (same !== undefined) same.count += more;
  }

  /** The texts, most frequent first; undefined where they were too many or too long. */
  values(): readonly { readonly text: string; readonly count: number }[] | undefined {
    return this.#kept
      ?.filter((kept) => kept !== undefined)
      .map(({ bytes, count }) => ({ text: Buffer.from(bytes).toString('utf8'), count }))
      .toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
  }

  count(): number {
    return this.#registers === undefined ? this.#keptCount : estimate(this.#registers);
  }

  #note(hash: number): void {
    const own = this.#registers!;
    const index = hash & (registers - 1);
    const rank = Math.min(Math.clz32(hash >>> registerBits) - registerBits, 32 - registerBits) + 1;
    if (rank > own[index]!) own[index] = rank;
  }
}

function isSame(kept: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (kept.length !== end - start) return false;
  for (let i = 0; i < kept.length; i++) if (kept[i] !== bytes[start + i]) return false;
  return true;
}

function estimate(ranks: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of ranks) {
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = ((0.7213 / (1 + 1.079 / registers)) * registers * registers) / sum;
  // Few values leave registers empty, whose number then says more; many make 32-bit hashes collide.
  if (raw <= 2.5 * registers && empty > 0) return Math.round(registers * Math.log(registers / empty));
  if (raw > 2 ** 32 / 30) return Math.round(-(2 ** 32) * Math.log(1 - raw / 2 ** 32));
  return Math.round(raw);
}
