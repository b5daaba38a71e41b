import { DocrowError } from '../../errors/docrow-error.ts';

/**
 * @param offset in the unpacked bytes
 * @param document number of the damaged document in its file or collection, from 1; undefined where it is none
 */
export function corruptError(
  path: string,
  what: string,
  offset: number,
  document: number | undefined,
): DocrowError {
  const where = document === undefined ? '' : `, document ${document}`;
  const message = `${path} is damaged at byte ${offset}${where}: ${what}`;
  return new DocrowError('source-corrupt', message, { path, offset, document });
}
