import type { Decimal } from './decimal128.ts';
import type { Memory } from './memory.ts';

const signPositive = 0x0000;
const signNegative = 0x4000;
const signNaN = 0xc000;
const signInfinity = 0xd000;
const signNegativeInfinity = 0xf000;

function writeHeader(
  count: number,
  weight: number,
  sign: number,
  scale: number,
  output: Memory,
  position: number,
): number {
  output.view.setInt32(position, 8 + 2 * count);
  output.view.setInt16(position + 4, count);
  output.view.setInt16(position + 6, weight);
  output.view.setUint16(position + 8, sign);
  output.view.setUint16(position + 10, scale);
  return position + 12;
}

/**
 * Writes a decimal as a COPY BINARY field of type numeric: groups of four digits, the weight of the first group,
 * sign and number of decimals (format of `numeric_send` in PostgreSQL's numeric.c).
 * A negative zero becomes zero; a positive exponent is written out.
 * @param columnScale decimals of a numeric(p,s), which PostgreSQL stores whatever was sent; no digit but 0 may lie beyond
 */
export function writeNumeric(
  decimal: Decimal,
  output: Memory,
  position: number,
  columnScale?: number,
): number {
  if (decimal.kind === 'nan') return writeHeader(0, 0, signNaN, 0, output, position);
  if (decimal.kind === 'infinity') {
    const sign = decimal.negative ? signNegativeInfinity : signInfinity;
    return writeHeader(0, 0, sign, 0, output, position);
  }
  const scale = columnScale ?? Math.max(0, -decimal.exponent);
  if (decimal.digits === '0') return writeHeader(0, 0, signPositive, scale, output, position);

  // Pad so that the decimal point falls between two groups of four, then cut from the left.
  const point = decimal.digits.length + decimal.exponent;
  const lead = ((-point % 4) + 4) % 4;
  let text = '0'.repeat(lead) + decimal.digits;
  text += '0'.repeat((4 - (text.length % 4)) % 4);
  const weight = Math.ceil(point / 4) - 1;
  let count = text.length / 4;
  while (count > 0 && text.startsWith('0000', (count - 1) * 4)) count--;
  position = writeHeader(
    count,
    weight,
    decimal.negative ? signNegative : signPositive,
    scale,
    output,
    position,
  );
  for (let group = 0; group < count; group++) {
    output.view.setInt16(position, Number(text.slice(group * 4, group * 4 + 4)));
    position += 2;
  }
  return position;
}
