const decimalNumber = /^(-?\d+(?:\.\d+)?)(?:[eE][+-]?\d+)?$/;

/**
 * The double that a text stands for, rounded to the nearest as everywhere.
 * @returns undefined where it is no number, or one that is too large or too small for a double
 */
export function doubleOfText(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  if (text === 'Infinity') return Number.POSITIVE_INFINITY;
  if (text === '-Infinity') return Number.NEGATIVE_INFINITY;
  const digits = decimalNumber.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = Number(text);
  if (value === 0 && /[1-9]/.test(digits)) return undefined;
  return Number.isFinite(value) ? value : undefined;
}
