import { DocrowError } from '../errors/docrow-error.ts';

/** Whether the target refused a row, which concerns a document and not the run. */
export const isRefusal = (error: unknown): error is DocrowError =>
  error instanceof DocrowError && error.policy.reaction === 'reject-document';
