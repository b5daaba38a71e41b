import type { SourceRange } from './document-source.ts';

/** The ranges that rising bounds make: one more than there are bounds, the first and last of them open. */
export function rangesBetween(bounds: readonly Uint8Array[]): SourceRange[] {
  return [undefined, ...bounds].map((lower, index) => ({ lower, upper: bounds[index] }));
}
