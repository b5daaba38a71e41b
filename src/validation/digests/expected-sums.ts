import { BucketSums, bucketBytes } from '../../digest/bucket-sums.ts';
import type { Hash64 } from '../../digest/lookup3.ts';

/** What the documents that were read should have made in the target. */
export class ExpectedSums {
  /** Documents; `refused` are those that the encoder or a constraint took out. */
  read = 0;
  filtered = 0;
  refused = 0;
  /** By place of the table in the mapping. */
  readonly sums: readonly BucketSums[];
  /** `_id`s of documents that were read and stand in no sum, though they may have rows. */
  readonly leftOut: Uint8Array[] = [];

  constructor(tables: number, buckets: number) {
    this.sums = Array.from({ length: tables }, () => new BucketSums(buckets));
  }

  addRow(table: number, document: Readonly<Hash64>, row: Readonly<Hash64>): void {
    this.sums[table]!.add(document, row);
  }

  addAll(other: ExpectedSums): void {
    this.read += other.read;
    this.filtered += other.filtered;
    this.refused += other.refused;
    for (const [table, sums] of this.sums.entries()) sums.addAll(other.sums[table]!);
    for (const id of other.leftOut) this.leftOut.push(id);
  }

  /** For storing; `expectedSumsFrom` reads it. */
  toBytes(): Buffer {
    const counts = Float64Array.of(this.read, this.filtered, this.refused);
    // BSON documents begin with their length, so that nothing has to stand between them.
    return Buffer.concat([
      Buffer.from(counts.buffer),
      ...this.sums.map((sums) => sums.toBytes()),
      ...this.leftOut,
    ]);
  }
}

export function expectedSumsFrom(bytes: Buffer, tables: number, buckets: number): ExpectedSums {
  const result = new ExpectedSums(tables, buckets);
  const number = (index: number): number => bytes.readDoubleLE(index * 8);
  result.read = number(0);
  result.filtered = number(1);
  result.refused = number(2);
  const head = 3 * 8;
  for (const [table, sums] of result.sums.entries()) {
    sums.addAll(BucketSums.fromBytes(buckets, bytes, head + table * bucketBytes(buckets)));
  }
  for (let at = head + tables * bucketBytes(buckets); at < bytes.length; ) {
    const end = at + bytes.readInt32LE(at);
    result.leftOut.push(bytes.subarray(at, end));
    at = end;
  }
  return result;
}
