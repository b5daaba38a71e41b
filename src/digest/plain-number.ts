/**
 * A JSON number as `numeric` prints it, which is what jsonb keeps: no exponent, no sign on zero, and as many decimals
 * as were written, `1.10` and `1.50E1` included.
 */
export function plainNumber(text: string): string {
  const isNegative = text.startsWith('-');
  const [mantissa = '', exponentText = '0'] = text.slice(isNegative ? 1 : 0).split(/e/i);
  const [whole = '', decimals = ''] = mantissa.split('.');
  const exponent = Number(exponentText);
  const scale = Math.max(0, decimals.length - exponent);
  let digits = whole + decimals + '0'.repeat(Math.max(0, exponent - decimals.length));
  digits = digits.padStart(scale + 1, '0');
  const point = digits.length - scale;
  const before = digits.slice(0, point).replace(/^0+(?=.)/, '');
  const after = scale === 0 ? '' : `.${digits.slice(point)}`;
  const sign = isNegative && /[1-9]/.test(digits) ? '-' : '';
  return sign + before + after;
}
