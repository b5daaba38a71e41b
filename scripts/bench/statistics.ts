export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError when there are no numbers */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError('The median of no numbers was asked for');
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The smallest of the numbers that this share of them does not exceed.
 * @throws RangeError when there are no numbers
 */
export function percentile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new RangeError('A percentile of no numbers was asked for');
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export const spread = (numbers: readonly number[]): Spread => ({
  median: median(numbers),
  low: Math.min(...numbers),
  high: Math.max(...numbers),
});

/**
 * The ratios of two series, round by round: what slows the machine down for a while slows both of a round down and
 * cancels out, which it does not in a ratio of two medians.
 * @throws RangeError when the series differ in length
 */
export function pairedRatios(above: readonly number[], below: readonly number[]): Spread {
  if (above.length !== below.length) throw new RangeError('Two series of different lengths cannot be paired');
  return spread(above.map((value, round) => value / below[round]!));
}
