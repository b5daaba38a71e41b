import { DocrowError } from '../errors/docrow-error.ts';

/** What is wrong with a mapping's `where`. */
export function filterProblem(problem: string): DocrowError {
  return new DocrowError('mapping-invalid', `The filter "where" cannot be used: ${problem}`);
}
