/**
 * A Decimal128 (IEEE 754-2008, binary integer encoding) taken apart.
 *
 * A finite value is `(-1)^negative × coefficient × 10^exponent`. A coefficient over 10^34 − 1, which the format can
 * spell but does not allow, counts as zero, as the standard and MongoDB say.
 */
export interface Decimal128Parts {
  readonly kind: 'finite' | 'infinity' | 'nan';
  readonly negative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
}

const largestCoefficient = 10n ** 34n - 1n;
const exponentBias = 6176;

/** Reads the 16 bytes of a Decimal128 at `at`. */
export function readDecimal128(view: DataView, at: number): Decimal128Parts {
  const high = view.getBigUint64(at + 8, true);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return { kind: 'nan', negative, coefficient: 0n, exponent: 0 };
  if (combination === 0x1e) return { kind: 'infinity', negative, coefficient: 0n, exponent: 0 };

  // The two forms differ in where the exponent lies; in the second the coefficient is always too large.
  if (combination >= 0x18) {
    const exponent = Number((high >> 47n) & 0x3fffn) - exponentBias;
    return { kind: 'finite', negative, coefficient: 0n, exponent };
  }
  const exponent = Number((high >> 49n) & 0x3fffn) - exponentBias;
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | view.getBigUint64(at, true);
  return {
    kind: 'finite',
    negative,
    coefficient: coefficient > largestCoefficient ? 0n : coefficient,
    exponent,
  };
}

/**
 * The text of a Decimal128: plain or with `E`, as the BSON specification's "to string" rules choose, so that it
 * leads back to the same coefficient and exponent.
 */
export function decimal128Text(value: Decimal128Parts): string {
  if (value.kind === 'nan') return 'NaN';
  const sign = value.negative ? '-' : '';
  if (value.kind === 'infinity') return `${sign}Infinity`;

  const digits = value.coefficient.toString();
  const adjusted = value.exponent + digits.length - 1;
  if (value.exponent > 0 || adjusted < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}E${adjusted < 0 ? '' : '+'}${adjusted}`;
  }
  if (value.exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - value.exponent, '0');
  const point = padded.length + value.exponent;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}
