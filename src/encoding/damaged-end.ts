import { DocrowError } from '../errors/docrow-error.ts';

/** The error for a document or array whose elements do not end where its length says. */
export const damagedEnd = (offset: number): DocrowError =>
  new DocrowError('document-corrupt', 'BSON is damaged: a document does not end where it says', { offset });
