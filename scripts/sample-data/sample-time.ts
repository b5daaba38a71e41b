import { ObjectId } from 'bson';

/** When the sample's first document was made. */
const beginMs = Date.parse('2023-01-01T00:00:00Z');
const threeYearsMs = 3 * 365 * 86_400_000;

/** Instants of a collection whose documents were made one after the other over at most three years. */
export function spreadOverTime(count: number, gapMs: number): (index: number) => number {
  const step = Math.min(gapMs, Math.floor(threeYearsMs / Math.max(1, count)));
  return (index) => beginMs + index * step;
}

/** An ObjectId made at this instant, unique by `counter`. */
export function objectIdAt(timeMs: number, counter: number): ObjectId {
  const seconds = Math.floor(timeMs / 1000);
  return ObjectId.createFromHexString(
    `${seconds.toString(16).padStart(8, '0')}0a0b0c0d${counter.toString(16).padStart(8, '0')}`,
  );
}
