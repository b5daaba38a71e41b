import { WholeNumbers } from './number-stats.ts';

const millisecondsPerDay = 86_400_000n;
/** What PostgreSQL's timestamps hold: from 24 November 4714 BC until the end of the year 294276. */
const firstMillisecond = -210_866_803_200_000n;
const endOfTimestamps = 9_224_318_016_000_000n;

/** Up to here milliseconds are a double, and within PostgreSQL's range from the first one on. */
const largestExact = 2 ** 53;

export class Dates {
  readonly milliseconds = new WholeNumbers();
  midnight = 0;
  outOfRange = 0;

  add(view: DataView, at: number): void {
    this.milliseconds.addInt64(view, at);
    const rounded = view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true);
    if (rounded >= -210_866_803_200_000 && rounded <= largestExact) {
      if (rounded % 86_400_000 === 0) this.midnight++;
      return;
    }
    const exact = view.getBigInt64(at, true);
    if (exact % millisecondsPerDay === 0n) this.midnight++;
    if (exact < firstMillisecond || exact >= endOfTimestamps) this.outOfRange++;
  }

  merge(other: Dates): void {
    this.milliseconds.merge(other.milliseconds);
    this.midnight += other.midnight;
    this.outOfRange += other.outOfRange;
  }
}
