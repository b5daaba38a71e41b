import { DocrowError } from '../../errors/docrow-error.ts';

/**
 * @param offset in the unpacked bytes
 * @param line from 1
 * @param document number of the damaged document in its file, from 1
 */
export function exportDamageError(
  path: string,
  what: string,
  offset: number,
  line: number,
  document: number,
): DocrowError {
  const message = `${path} is damaged at line ${line}, byte ${offset}, document ${document}: ${what}`;
  return new DocrowError('source-corrupt', message, { path, line, offset, document });
}
