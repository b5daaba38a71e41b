import { isUtf8 } from 'node:buffer';
import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';

/** Above this many bytes a native copy and check beat the loop over words. */
const nativeFromBytes = 192;

const backslash = 0x5c;

export const nulProblem = (): ValueProblem =>
  new ValueProblem('value-nul-character', 'The text holds a NUL character, which PostgreSQL cannot store');

/** How many texts had a NUL that a policy removed or escaped; columns compare it before and after a value. */
export const nulCounter = { count: 0 };

const invalidUtf8 = (): ValueProblem =>
  new ValueProblem('value-invalid-utf8', 'The text holds bytes that are not UTF-8');

/** Number of continuation bytes after a lead byte of a sequence, -1 where a byte cannot begin one. */
const continuationBytes = new Int8Array(256).fill(-1);
continuationBytes.fill(0, 0x00, 0x80).fill(1, 0xc2, 0xe0).fill(2, 0xe0, 0xf0).fill(3, 0xf0, 0xf5);

/** Whether the second byte of a sequence is one that keeps out overlong forms, surrogates and values above U+10FFFF. */
function isSecondByte(lead: number, second: number): boolean {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return second >= 0x80 && second <= 0xbf;
  }
}

/** The check for short texts, which costs less than a view of them would (RFC 3629, section 4). */
function isShortUtf8(bytes: Uint8Array, at: number, end: number): boolean {
  while (at < end) {
    const lead = bytes[at++]!;
    if (lead < 0x80) continue;
    const count = continuationBytes[lead]!;
    if (count < 0 || at + count > end || !isSecondByte(lead, bytes[at]!)) return false;
    for (let i = 1; i < count; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return false;
    at += count;
  }
  return true;
}

/**
 * Checks that [at, end) is UTF-8 as PostgreSQL understands it: no overlong forms, surrogates or values above U+10FFFF.
 * @throws ValueProblem `value-invalid-utf8`
 */
export function checkUtf8(input: Memory, at: number, end: number): void {
  const isValid =
    end - at < nativeFromBytes ? isShortUtf8(input.bytes, at, end) : isUtf8(input.bytes.subarray(at, end));
  if (!isValid) throw invalidUtf8();
}

/**
 * Copies the text in [at, end) to `position`, checking on the way that it is UTF-8 without NUL.
 * @returns the position after the text
 * @throws ValueProblem `value-nul-character`, `value-invalid-utf8`
 */
export function writeText(input: Memory, at: number, end: number, output: Memory, position: number): number {
  if (end - at >= nativeFromBytes) {
    const text = input.bytes.subarray(at, end);
    checkUtf8(input, at, end);
    if (text.includes(0)) throw nulProblem();
    output.bytes.set(text, position);
    return position + text.length;
  }
  const source = input.view;
  const target = output.view;
  let from = at;
  let high = 0;
  let zero = 0;
  for (const last = end - 3; from < last; from += 4) {
    const word = source.getInt32(from, true);
    high |= word;
    // Non-zero exactly when one of the four bytes is zero.
    zero |= (word - 0x01010101) & ~word & 0x80808080;
    target.setInt32(position, word, true);
    position += 4;
  }
  if (from < end && end - at >= 4) {
    // The last bytes once more as a word that ends with them.
    const word = source.getInt32(end - 4, true);
    high |= word;
    zero |= (word - 0x01010101) & ~word & 0x80808080;
    target.setInt32(position + end - from - 4, word, true);
    position += end - from;
    from = end;
  }
  for (; from < end; from++) {
    const byte = input.bytes[from]!;
    high |= byte;
    if (byte === 0) zero = 1;
    output.bytes[position++] = byte;
  }
  if ((high & 0x80808080) !== 0) checkUtf8(input, at, end);
  if (zero !== 0) throw nulProblem();
  return position;
}

/** Like writeText, leaving NUL characters out. */
export function writeTextStripped(
  input: Memory,
  at: number,
  end: number,
  output: Memory,
  position: number,
): number {
  checkUtf8(input, at, end);
  const start = position;
  for (let from = at; from < end; from++) {
    const byte = input.bytes[from]!;
    if (byte !== 0) output.bytes[position++] = byte;
  }
  if (position - start !== end - at) nulCounter.count++;
  return position;
}

/** Like writeText, with NUL written as backslash and `0`, and a backslash doubled so that it can be undone. */
export function writeTextEscaped(
  input: Memory,
  at: number,
  end: number,
  output: Memory,
  position: number,
): number {
  checkUtf8(input, at, end);
  let hasNul = false;
  for (let from = at; from < end; from++) {
    const byte = input.bytes[from]!;
    if (byte === 0) hasNul = true;
    if (byte === 0 || byte === backslash) output.bytes[position++] = backslash;
    output.bytes[position++] = byte === 0 ? 0x30 : byte;
  }
  if (hasNul) nulCounter.count++;
  return position;
}

/** Writes characters that are known to be ASCII. */
export function writeAscii(text: string, output: Memory, position: number): number {
  const bytes = output.bytes;
  for (let i = 0; i < text.length; i++) bytes[position + i] = text.charCodeAt(i);
  return position + text.length;
}
