import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import { checkUtf8, nulCounter, nulProblem } from './write-text.ts';

/**
 * What a NUL inside a string becomes: a problem, nothing, an escaped form, a wrapper that says so, or JSON's own
 * `\u0000` (for text that is not parsed by PostgreSQL).
 */
export type JsonNul = 'reject' | 'strip' | 'escape' | 'wrap' | 'json';

const quote = 0x22;
const backslash = 0x5c;
const hexDigits = Buffer.from('0123456789abcdef');

/** 1 for bytes that JSON wants escaped. */
const needsEscape = new Uint8Array(256).fill(1, 0, 0x20);
needsEscape[quote] = 1;
needsEscape[backslash] = 1;

/** The letter of a two-character escape, 0 where there is none. */
const shortEscape = new Uint8Array(256);
for (const [byte, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [quote, '"'],
  [backslash, '\\'],
] as const) {
  shortEscape[byte] = letter.charCodeAt(0);
}

function writeEscaped(byte: number, output: Memory, position: number): number {
  const bytes = output.bytes;
  bytes[position++] = backslash;
  const letter = shortEscape[byte]!;
  if (letter !== 0) {
    bytes[position++] = letter;
    return position;
  }
  bytes[position++] = 0x75;
  bytes[position++] = 0x30;
  bytes[position++] = 0x30;
  bytes[position++] = hexDigits[byte >> 4]!;
  bytes[position++] = hexDigits[byte & 15]!;
  return position;
}

/** False when one of four bytes is below 0x20, a quote or a backslash. A carry may find one too many, never too few. */
function isPlainWord(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  return (
    (((word - 0x20202020) | (quotes - 0x01010101) | (backslashes - 0x01010101)) & ~word & 0x80808080) === 0
  );
}

/**
 * Writes the string in [at, end) with its quotes.
 * @throws ValueProblem `value-invalid-utf8`; `value-nul-character` when `nul` is `reject`
 */
export function writeJsonString(
  input: Memory,
  at: number,
  end: number,
  output: Memory,
  position: number,
  nul: JsonNul,
): number {
  if (nul === 'escape') return writeUnusualString(input, at, end, output, position, nul);
  output.bytes[position] = quote;
  return writeJsonContent(input, at, end, output, position + 1, nul);
}

/** Like writeJsonString, where the opening quote stands before `position` already. Not for `escape`. */
export function writeJsonContent(
  input: Memory,
  at: number,
  end: number,
  output: Memory,
  position: number,
  nul: JsonNul,
): number {
  const { bytes, view } = input;
  const target = output.view;
  const targetBytes = output.bytes;
  const start = position;
  const last = end - 3;
  let from = at;
  let high = 0;
  while (from < end) {
    while (from < last) {
      const word = view.getInt32(from, true);
      if (!isPlainWord(word)) break;
      high |= word;
      target.setInt32(position, word, true);
      position += 4;
      from += 4;
    }
    if (from >= last && from < end && end - at >= 4 && position - start === from - at) {
      // The last bytes once more as a word that ends with them, when all before them was copied as it stands.
      const word = view.getInt32(end - 4, true);
      if (isPlainWord(word)) {
        high |= word;
        target.setInt32(position + end - from - 4, word, true);
        position += end - from;
        break;
      }
    }
    const stop = from + 4 < end ? from + 4 : end;
    for (; from < stop; from++) {
      const byte = bytes[from]!;
      high |= byte;
      if (needsEscape[byte] === 0) targetBytes[position++] = byte;
      else if (byte === 0 && nul !== 'json')
        return writeUnusualString(input, at, end, output, start - 1, nul);
      else position = writeEscaped(byte, output, position);
    }
  }
  if ((high & 0x80808080) !== 0) checkUtf8(input, at, end);
  targetBytes[position] = quote;
  return position + 1;
}

/** `text` with NUL as backslash and 0, and backslashes doubled, as JSON content. */
function writeNulEscaped(input: Memory, at: number, end: number, output: Memory, position: number): number {
  for (let from = at; from < end; from++) {
    const byte = input.bytes[from]!;
    if (byte === 0 || byte === backslash) {
      output.bytes[position++] = backslash;
      output.bytes[position++] = backslash;
    }
    if (byte === 0) output.bytes[position++] = 0x30;
    else if (needsEscape[byte] === 0) output.bytes[position++] = byte;
    else position = writeEscaped(byte, output, position);
  }
  return position;
}

const wrapperStart = Buffer.from('{"$docrowNul":"');

/** A string that has a NUL, or whose backslashes are doubled because others have one. */
function writeUnusualString(
  input: Memory,
  at: number,
  end: number,
  output: Memory,
  position: number,
  nul: JsonNul,
): number {
  checkUtf8(input, at, end);
  const hasNul = input.bytes.subarray(at, end).includes(0);
  if (nul === 'reject') throw nulProblem();
  if (hasNul) nulCounter.count++;
  const bytes = output.bytes;
  if (nul === 'strip') {
    bytes[position++] = quote;
    for (let from = at; from < end; from++) {
      const byte = input.bytes[from]!;
      if (byte === 0) continue;
      if (needsEscape[byte] === 0) bytes[position++] = byte;
      else position = writeEscaped(byte, output, position);
    }
    bytes[position] = quote;
    return position + 1;
  }
  const wrapped = nul === 'wrap' && hasNul;
  if (wrapped) {
    bytes.set(wrapperStart, position);
    position += wrapperStart.length;
  } else bytes[position++] = quote;
  position = writeNulEscaped(input, at, end, output, position);
  bytes[position++] = quote;
  if (wrapped) bytes[position++] = 0x7d;
  return position;
}

/** The key that marks a wrapped text; a document that has it itself could not be told apart. */
export const nulWrapperKey = Buffer.from('$docrowNul');

export const ambiguousWrapper = (): ValueProblem =>
  new ValueProblem(
    'value-nul-character',
    'The document has a key `$docrowNul`, which stands for a text with NUL in a rest column',
  );
