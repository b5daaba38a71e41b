import type { BsonOutput } from './bson-output.ts';
import type { JsonInput } from './json-input.ts';

const quote = 0x22;
const backslash = 0x5c;

/** Bytes at which plain text stops: the quote, the backslash, and control characters, which JSON wants escaped. */
const stops = new Uint8Array(256);
stops.fill(1, 0, 0x20);
stops[quote] = 1;
stops[backslash] = 1;

/** From here on copying byte by byte is slower than asking for it. */
const longText = 64;

/**
 * Copies a text as UTF-8, without anything around it. Bytes that are not UTF-8 stay what they are: that the document
 * holds such is found where it is encoded, and costs that document and no other.
 * @param input stands behind the opening quote, then behind the closing one
 * @throws DocrowError `source-corrupt`
 */
export function copyText(input: JsonInput, output: BsonOutput, isKey: boolean): void {
  const { bytes, end } = input;
  const start = input.at;
  let at = start;
  while (stops[bytes[at] as number] === 0 && at < end) at++;
  copyRun(input, output, start, at);
  input.at = at;
  if (bytes[at] === quote) input.at = at + 1;
  else copyEscaped(input, output, isKey);
}

function copyRun(input: JsonInput, output: BsonOutput, start: number, stop: number): void {
  const { bytes } = input;
  const length = stop - start;
  output.ensure(length + 32);
  const target = output.bytes;
  let to = output.at;
  if (length < longText) {
    for (let from = start; from < stop; from++) target[to++] = bytes[from] as number;
  } else {
    bytes.copy(target, to, start, stop);
  }
  output.at += length;
}

/** Goes on at the first byte that is not plain text. */
function copyEscaped(input: JsonInput, output: BsonOutput, isKey: boolean): void {
  const { bytes, end } = input;
  for (;;) {
    const byte = bytes[input.at] as number;
    if (byte === quote && input.at < end) {
      input.at++;
      return;
    }
    if (byte !== backslash) input.fail('a control character stands in a text without being escaped');
    copyEscape(input, output, isKey);
    const start = input.at;
    let at = start;
    while (stops[bytes[at] as number] === 0 && at < end) at++;
    copyRun(input, output, start, at);
    input.at = at;
  }
}

/** What the letter behind a backslash stands for; 0 for no such letter. */
const escapes = new Uint8Array(256);
for (const [letter, meaning] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  escapes[letter.charCodeAt(0)] = meaning.charCodeAt(0);
}

function copyEscape(input: JsonInput, output: BsonOutput, isKey: boolean): void {
  const { bytes, at } = input;
  const letter = bytes[at + 1] as number;
  const plain = escapes[letter] as number;
  output.ensure(8);
  if (plain !== 0) {
    output.bytes[output.at++] = plain;
    input.at = at + 2;
    return;
  }
  if (letter !== 0x75) input.fail('a backslash begins no escape that JSON has', at + 1, at);
  const unit = hexUnit(input, at + 2, at);
  input.at = at + 6;
  if (isKey && unit === 0) input.fail('a key holds a NUL character, which BSON cannot hold', at);
  if (unit < 0xd800 || unit > 0xdfff) {
    writeCodePoint(output, unit);
    return;
  }
  const half = 'a text holds half of a surrogate pair, which BSON cannot hold';
  if (unit > 0xdbff) input.fail(half, at);
  if (bytes[at + 6] !== backslash) input.fail(half, at + 6, at);
  if (bytes[at + 7] !== 0x75) input.fail(half, at + 7, at);
  const low = hexUnit(input, at + 8, at);
  if (low < 0xdc00 || low > 0xdfff) input.fail(half, at);
  writeCodePoint(output, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  input.at = at + 12;
}

function hexUnit(input: JsonInput, at: number, place: number): number {
  let unit = 0;
  for (let index = at; index < at + 4; index++) {
    const digit = hexDigit(input.bytes[index] as number);
    if (digit < 0) input.fail('an escape does not have four hexadecimal digits', index, place);
    unit = unit * 16 + digit;
  }
  return unit;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function writeCodePoint(output: BsonOutput, point: number): void {
  const { bytes } = output;
  let at = output.at;
  if (point < 0x80) bytes[at++] = point;
  else {
    if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
      else {
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (point & 0x3f);
  }
  output.at = at;
}
