/**
 * What can be lost of a value that is loaded. docs/losses.md says for each what it means and how to avoid it. The order
 * gives each kind its bit in a `LossSet`.
 */
export const lossKinds = [
  'integer-width',
  'number-type',
  'negative-zero',
  'decimal-form',
  'type-changed',
  'binary-subtype',
  'timestamp-increment',
  'key-order',
  'duplicate-key',
  'array-keys',
  'extended-json-key',
  'null-as-missing',
  'empty-array',
  'empty-document',
  'element-order',
  'filled-in',
  'other-path',
  'hashed',
  'computed',
  'nul-stripped',
  'mismatch-null',
  'unmapped',
] as const;

export type LossKind = (typeof lossKinds)[number];

/** Some kinds of loss, as bits; 0 is none. */
export type LossSet = number;

export const noLoss: LossSet = 0;

const bits = Object.fromEntries(lossKinds.map((kind, index) => [kind, 1 << index])) as Record<
  LossKind,
  LossSet
>;

export const loss = (kind: LossKind): LossSet => bits[kind];

export const kindsIn = (set: LossSet): readonly LossKind[] =>
  lossKinds.filter((_, index) => (set & (1 << index)) !== 0);

/** How many kinds a set holds. */
export function sizeOf(set: LossSet): number {
  let size = 0;
  for (let left = set; left !== 0; left &= left - 1) size++;
  return size;
}

/** A loss that a mapping implies, with the number of documents that it concerns. */
export interface DeclaredLoss {
  /** Keys from the document's root joined by dots, without array positions; `*` for all paths beyond a limit. */
  readonly path: string;
  readonly kind: LossKind;
  readonly documents: number;
}
