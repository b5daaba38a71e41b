import { describe, expect, test } from 'vitest';
import { BucketSums } from '../../../src/digest/bucket-sums.ts';
import { createHash64, hashBytes } from '../../../src/digest/lookup3.ts';
import { createRecordHash } from '../../../src/digest/record-hash.ts';
import { toBigInt } from '../../../src/digest/row-digest.ts';
import { copyOf } from '../../../src/encoding/memory.ts';

const seedOf = (seed: bigint) => ({
  high: Number(BigInt.asIntN(32, seed >> 32n)),
  low: Number(BigInt.asIntN(32, seed)),
});

describe('hash_record_extended', () => {
  // select hash_record_extended(row(…), seed) in PostgreSQL 15.
  test.each([
    ['an empty value', [''], 5n, -8122693617258832648n],
    ['a value and NULL', ['0102', undefined], -5n, -4603509007766875063n],
  ] as const)('%s', (_, values, seed, expected) => {
    const hash = createRecordHash('record');
    hash.begin(values.length, seedOf(seed));
    for (const value of values) {
      const memory = copyOf(Buffer.from(value ?? '', 'hex'));
      if (value === undefined) hash.addNull();
      else hash.add(memory, 0, memory.bytes.length);
    }
    const result = createHash64();
    hash.end(result);
    expect(toBigInt(result)).toBe(expected);
  });

  test('every length is hashed whole, wherever it stands', () => {
    const result = createHash64();
    const seen = new Set<bigint>();
    for (let length = 0; length < 40; length++) {
      for (let changed = -1; changed < length; changed++) {
        const memory = copyOf(Buffer.alloc(length + 3, 7));
        if (changed >= 0) memory.bytes[changed + 3] = 8;
        hashBytes(memory.bytes, memory.view, 3, length, 1, 2, result);
        seen.add(toBigInt(result));
      }
    }
    expect(seen.size).toBe((40 * 41) / 2);
  });
});

describe('BucketSums', () => {
  const hash = (value: bigint) => seedOf(value);

  test('adds signed numbers of 64 bits without overflow, by the lowest bits of the document', () => {
    const sums = new BucketSums(4);
    const values = [2n ** 63n - 1n, 2n ** 63n - 1n, -(2n ** 63n), -1n, 5n];
    for (const value of values) sums.add(hash(6n), hash(value));
    sums.add(hash(-1n), hash(-7n));
    expect([0, 1, 2, 3].map((bucket) => sums.rows(bucket))).toEqual([0, 0, 5, 1]);
    expect(sums.sum(2)).toBe(values.reduce((a, b) => a + b));
    expect(sums.sum(3)).toBe(-7n);
    expect(sums.allRows()).toBe(6);
  });

  test('is the same after storing, and adds up with others', () => {
    const sums = new BucketSums(2);
    for (let n = 0n; n < 100n; n++) sums.add(hash(n), hash(n * 0x9e3779b97f4a7c15n));
    const again = BucketSums.fromBytes(2, Buffer.concat([Buffer.alloc(5), sums.toBytes()]), 5);
    expect([again.sum(0), again.sum(1), again.rows(1)]).toEqual([sums.sum(0), sums.sum(1), 50]);
    again.addAll(sums);
    expect(again.sum(1)).toBe(2n * sums.sum(1));
    const set = new BucketSums(2);
    set.set(1, 50, sums.sum(1));
    expect(set.sum(1)).toBe(sums.sum(1));
  });
});
