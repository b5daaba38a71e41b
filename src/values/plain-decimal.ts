/** A decimal number as it is written out: `coefficient × 10^-scale`, where the scale is the number of decimals shown. */
export interface PlainDecimal {
  readonly coefficient: bigint;
  /** Never negative. */
  readonly scale: number;
}

/** `coefficient × 10^exponent` with as many decimals as the exponent asks for: 1E+3 is 1000, 0E-5 is 0.00000. */
export function plainDecimal(coefficient: bigint, exponent: number): PlainDecimal {
  return exponent > 0
    ? { coefficient: coefficient * 10n ** BigInt(exponent), scale: 0 }
    : { coefficient, scale: -exponent };
}

/** Reads digits with an optional sign, decimal point and exponent, as JavaScript prints numbers. */
export function parseDecimal(text: string): PlainDecimal | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  return plainDecimal(sign === '-' ? -digits : digits, Number(exponent) - fraction.length);
}

export function decimalText({ coefficient, scale }: PlainDecimal): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString().padStart(scale + 1, '0');
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * The same number with another scale (which may be negative, for whole tens or hundreds); undefined when digits
 * would be lost.
 */
export function withScale({ coefficient, scale }: PlainDecimal, wanted: number): bigint | undefined {
  if (wanted >= scale) return coefficient * 10n ** BigInt(wanted - scale);
  const divisor = 10n ** BigInt(scale - wanted);
  return coefficient % divisor === 0n ? coefficient / divisor : undefined;
}

/** Without trailing zeros after the point. */
export function shortened(decimal: PlainDecimal): PlainDecimal {
  let { coefficient, scale } = decimal;
  while (scale > 0 && coefficient % 10n === 0n) {
    coefficient /= 10n;
    scale--;
  }
  return { coefficient, scale };
}
