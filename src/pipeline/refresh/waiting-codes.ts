import type { RejectionCode } from '../../errors/error-codes.ts';

/** Codes of rejections that may pass once another document has changed, though the document itself is the same. */
export const waitingCodes: readonly RejectionCode[] = [
  'duplicate-value',
  'row-refused',
  'reference-missing',
  'reference-set-aside',
];
