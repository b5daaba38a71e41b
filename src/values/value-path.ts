import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';

/** Keys and array positions from the document's root to a value. Empty for the document itself. */
export type ValuePath = readonly (string | number)[];

const pathText = (path: ValuePath): string => path.join('.');

/** The error that sets a document aside because of the value at `path`; the message is one sentence without values. */
export function valueProblem(code: RejectionCode, reason: string, path: ValuePath): DocrowError {
  return new DocrowError(code, reason, { path: pathText(path) });
}

export const mismatch = (reason: string, path: ValuePath): DocrowError =>
  valueProblem('value-mismatch', reason, path);
export const outOfRange = (reason: string, path: ValuePath): DocrowError =>
  valueProblem('value-out-of-range', reason, path);
export const convertFailed = (reason: string, path: ValuePath): DocrowError =>
  valueProblem('value-convert-failed', reason, path);
