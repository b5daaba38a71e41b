import type { Memory } from './memory.ts';
import { writeAscii } from './write-text.ts';

/** The two ASCII digits of 0–99, low byte first. */
const twoDigits = new Uint16Array(100);
for (let n = 0; n < 100; n++) twoDigits[n] = (0x30 + Math.floor(n / 10)) | ((0x30 + (n % 10)) << 8);

/** The two lower-case hexadecimal digits of a byte, low byte first. */
const twoHexDigits = new Uint16Array(256);
for (let n = 0; n < 256; n++) {
  const text = n.toString(16).padStart(2, '0');
  twoHexDigits[n] = text.charCodeAt(0) | (text.charCodeAt(1) << 8);
}

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/** Writes 0–99 as two digits. */
export function writeTwoDigits(n: number, output: Memory, position: number): number {
  output.view.setUint16(position, twoDigits[n]!, true);
  return position + 2;
}

/** Writes `count` bytes from `at` as lower-case hexadecimal. */
export function writeHex(input: Memory, at: number, count: number, output: Memory, position: number): number {
  for (let i = 0; i < count; i++) {
    output.view.setUint16(position, twoHexDigits[input.bytes[at + i]!]!, true);
    position += 2;
  }
  return position;
}

function digitCount(n: number): number {
  if (n < 1e5) return n < 10 ? 1 : n < 100 ? 2 : n < 1e3 ? 3 : n < 1e4 ? 4 : 5;
  return n < 1e6 ? 6 : n < 1e7 ? 7 : n < 1e8 ? 8 : n < 1e9 ? 9 : 10;
}

/** Writes the decimal digits of an unsigned 32-bit integer. */
export function writeUint32Text(n: number, output: Memory, position: number): number {
  if (n < 10) {
    output.bytes[position] = zero + n;
    return position + 1;
  }
  const end = position + digitCount(n);
  let at = end;
  while (n >= 100) {
    const rest = Math.floor(n / 100);
    at -= 2;
    output.view.setUint16(at, twoDigits[n - rest * 100]!, true);
    n = rest;
  }
  if (n >= 10) output.view.setUint16(at - 2, twoDigits[n]!, true);
  else output.bytes[at - 1] = zero + n;
  return end;
}

/** Writes the decimal digits of a signed 32-bit integer. */
export function writeInt32Text(n: number, output: Memory, position: number): number {
  if (n >= 0) return writeUint32Text(n, output, position);
  output.bytes[position] = minus;
  return writeUint32Text(-n, output, position + 1);
}

/** Writes exactly `count` digits, with zeros in front. */
export function writePadded(n: number, count: number, output: Memory, position: number): number {
  for (let at = position + count - 1; at >= position; at--) {
    const rest = Math.floor(n / 10);
    output.bytes[at] = zero + (n - rest * 10);
    n = rest;
  }
  return position + count;
}

/** Writes the decimal digits of the little-endian signed 64-bit integer at `at`. */
export function writeInt64Text(input: Memory, at: number, output: Memory, position: number): number {
  const low = input.view.getUint32(at, true);
  const high = input.view.getInt32(at + 4, true);
  if (high === 0) return writeUint32Text(low, output, position);
  if (high < -0x200000 || high >= 0x200000) {
    return writeAscii(input.view.getBigInt64(at, true).toString(), output, position);
  }
  // Within ±2^53 a double holds it exactly.
  let n = high * 0x100000000 + low;
  if (n < 0) {
    output.bytes[position++] = minus;
    n = -n;
  }
  if (n < 0x100000000) return writeUint32Text(n, output, position);
  const upper = Math.floor(n / 1e9);
  return writePadded(n - upper * 1e9, 9, output, writeUint32Text(upper, output, position));
}

/**
 * Writes a finite double as JavaScript prints it (the shortest digits that read back as the same number); -0 is 0.
 * Most doubles in documents have at most four decimals: those are written without building a string.
 */
export function writeDoubleText(n: number, output: Memory, position: number): number {
  if ((n | 0) === n) return writeInt32Text(n | 0, output, position);
  const size = Math.abs(n);
  if (size < 1e8) {
    const whole = Math.floor(size);
    const decimals = Math.round((size - whole) * 1e4);
    // Doubles this small lie closer together than 1e-4, so a match is the shortest form. Below 1e-6 JavaScript
    // prints an exponent, which such a number cannot match unless it is 0.
    if (decimals < 1e4 && (whole * 1e4 + decimals) / 1e4 === size) {
      if (n < 0) output.bytes[position++] = minus;
      position = writeUint32Text(whole, output, position);
      output.bytes[position++] = point;
      const upper = Math.floor(decimals / 100);
      position = writeTwoDigits(decimals - upper * 100, output, writeTwoDigits(upper, output, position));
      while (output.bytes[position - 1] === zero) position--;
      return position;
    }
  }
  return writeAscii(String(n), output, position);
}
