import type { RejectionCode } from '../errors/error-codes.ts';

/**
 * Codes of rejections that follow from other rows or from the server: no conversion of the document alone would say so
 * again, so that such a document is expected to have no rows because the load recorded it. All levels go by this list.
 */
export const constraintCodes: readonly RejectionCode[] = [
  'row-refused',
  'duplicate-value',
  'reference-missing',
  'reference-set-aside',
  'document-too-large',
];
