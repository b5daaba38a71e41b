import { invalidUtf8At } from '../bson/utf8.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/**
 * The characters that UTF-8 bytes stand for.
 * @throws DocrowError `value-invalid-utf8`
 */
export function readText(bytes: Buffer, path: ValuePath): string {
  if (invalidUtf8At(bytes, 0, bytes.length) !== -1) {
    throw valueProblem('value-invalid-utf8', 'The text holds bytes that are not UTF-8', path);
  }
  return bytes.toString('utf8');
}

/** A key for a path in a message, with U+FFFD in place of what is not UTF-8. */
export const keyForPath = (key: Buffer): string => key.toString('utf8');
