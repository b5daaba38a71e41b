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
  }

  /** For storing; `expectedSumsFrom` reads it. */
  toBytes(): Buffer {
    const counts = Float64Array.of(this.read, this.filtered, this.refused);
    return Buffer.concat([Buffer.from(counts.buffer), ...this.sums.map((sums) => sums.toBytes())]);
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
  return result;
}
