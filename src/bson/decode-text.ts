import { DocrowError } from '../errors/docrow-error.ts';
import { invalidUtf8At } from './utf8.ts';

/** Up to here, joining characters is faster than a call into native code. */
const shortText = 24;

/**
 * The text in `bytes[start, end)`.
 * @throws DocrowError `value-invalid-utf8` with the offset in `bytes`
 */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  let at = start;
  while (at < end && (bytes[at] as number) < 0x80) at++;
  if (at === end) return decodeAscii(bytes, start, end);
  const wrong = invalidUtf8At(bytes, at, end);
  if (wrong !== -1) throw new DocrowError('value-invalid-utf8', 'A text is not UTF-8', { offset: wrong });
  return bufferOf(bytes).toString('utf8', start, end);
}

/** The text in `bytes[start, end)` with U+FFFD in place of what is not UTF-8: for messages, never for data. */
export function decodeTextLoosely(bytes: Uint8Array, start: number, end: number): string {
  return bufferOf(bytes).toString('utf8', start, end);
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > shortText) return bufferOf(bytes).toString('latin1', start, end);
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
