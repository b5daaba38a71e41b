/** A finite number as `coefficient × 10^exponent`, without any rounding. The sign is the coefficient's. */
export interface ExactDecimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const scratch = new DataView(new ArrayBuffer(8));

/** A finite double exactly: every double is `m × 2^e`, and `2^-e` is `5^e × 10^-e`. */
export function exactDecimalOfDouble(value: number): ExactDecimal {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const exponentBits = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponentBits === 0 ? fraction : fraction | (1n << 52n);
  const binaryExponent = (exponentBits === 0 ? 1 : exponentBits) - 1075;
  const signed = bits >> 63n === 1n ? -mantissa : mantissa;
  if (binaryExponent >= 0) return { coefficient: signed << BigInt(binaryExponent), exponent: 0 };
  return { coefficient: signed * 5n ** BigInt(-binaryExponent), exponent: binaryExponent };
}

/** Negative, zero or positive, like a sort function. */
export function compareExactDecimals(a: ExactDecimal, b: ExactDecimal): number {
  const signA = signOf(a.coefficient);
  const signB = signOf(b.coefficient);
  if (signA !== signB) return signA - signB;
  if (signA === 0) return 0;

  // Numbers of different magnitude are told apart first: their common exponent may be 12,000 digits away.
  const magnitude = magnitudeOf(a) - magnitudeOf(b);
  if (magnitude !== 0) return magnitude * signA;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * 10n ** BigInt(a.exponent - exponent);
  const right = b.coefficient * 10n ** BigInt(b.exponent - exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

const signOf = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);

/** Exponent of the first digit in scientific notation. */
const magnitudeOf = (value: ExactDecimal): number => {
  const digits = value.coefficient < 0n ? -value.coefficient : value.coefficient;
  return digits.toString().length + value.exponent;
};
