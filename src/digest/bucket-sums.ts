import type { Hash64 } from './lookup3.ts';

/** Where the lower half of a sum is carried over into the upper one, long before a double stops being exact. */
const carryAt = 2 ** 52;
const word = 2 ** 32;

/** Rows per bucket, and the sum of their digests. The sum is that of signed 64-bit numbers and never overflows. */
export class BucketSums {
  readonly count: number;
  /** Per bucket, one array after the other: rows, lower and upper half of the sum. */
  readonly #numbers: Float64Array;

  /** @param count of buckets, a power of two */
  constructor(count: number, numbers: Float64Array = new Float64Array(3 * count)) {
    this.count = count;
    this.#numbers = numbers;
  }

  /** @param document the digest of the document's key, whose lowest bits are the bucket */
  add(document: Readonly<Hash64>, row: Readonly<Hash64>): void {
    this.#add(document.low & (this.count - 1), 1, row.high, row.low >>> 0);
  }

  addAll(other: BucketSums): void {
    const { count } = this;
    const numbers = other.#numbers;
    for (let i = 0; i < count; i++) {
      this.#add(i, numbers[i]!, numbers[2 * count + i]!, numbers[count + i]!);
    }
  }

  /** Puts in what was added up elsewhere. */
  set(bucket: number, rows: number, sum: bigint): void {
    const { count } = this;
    this.#numbers[bucket] = rows;
    this.#numbers[count + bucket] = Number(BigInt.asUintN(32, sum));
    this.#numbers[2 * count + bucket] = Number(sum >> 32n);
  }

  rows(bucket: number): number {
    return this.#numbers[bucket]!;
  }

  sum(bucket: number): bigint {
    const { count } = this;
    return (BigInt(this.#numbers[2 * count + bucket]!) << 32n) + BigInt(this.#numbers[count + bucket]!);
  }

  allRows(): number {
    return this.#numbers.subarray(0, this.count).reduce((sum, rows) => sum + rows, 0);
  }

  /** For storing; `fromBytes` reads it. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(this.#numbers.length * 8);
    for (const [i, number] of this.#numbers.entries()) bytes.writeDoubleLE(number, i * 8);
    return bytes;
  }

  /** @param at where the sums of `count` buckets begin in `bytes` */
  static fromBytes(count: number, bytes: Buffer, at: number): BucketSums {
    return new BucketSums(
      count,
      Float64Array.from({ length: 3 * count }, (_, i) => bytes.readDoubleLE(at + i * 8)),
    );
  }

  #add(bucket: number, rows: number, high: number, low: number): void {
    const numbers = this.#numbers;
    const lowAt = this.count + bucket;
    const highAt = lowAt + this.count;
    numbers[bucket]! += rows;
    numbers[highAt]! += high;
    const sum = numbers[lowAt]! + low;
    if (sum < carryAt) {
      numbers[lowAt] = sum;
      return;
    }
    const carry = Math.floor(sum / word);
    numbers[lowAt] = sum - carry * word;
    numbers[highAt]! += carry;
  }
}

/** Bytes of the sums of so many buckets. */
export const bucketBytes = (count: number): number => 24 * count;
