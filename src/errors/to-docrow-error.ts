import { DocrowError } from './docrow-error.ts';
import { fromNodeError } from './from-node-error.ts';
import { fromPostgresError, type PostgresStep } from './from-postgres-error.ts';

/**
 * Makes a `DocrowError` of anything that was thrown. What it means is decided by class, SQLSTATE or error code.
 * The text of a foreign error is never taken over, since it may hold values of documents or passwords; the
 * error itself stays in `cause`, for the log to take the stack's positions from.
 *
 * @param step what PostgreSQL was doing, which decides whether a refused value belongs to a document
 */
export const toDocrowError = (error: unknown, step: PostgresStep = 'load'): DocrowError => {
  if (error instanceof DocrowError) return error;
  return fromPostgresError(error, step) ?? fromNodeError(error) ?? internalError(error);
};

const internalError = (error: unknown): DocrowError => {
  if (!(error instanceof Error)) {
    return new DocrowError('internal', `Something that is no error was thrown (${typeof error})`, {}, error);
  }
  const at = firstPosition(error);
  const where = at === undefined ? '' : ` at ${at}`;
  return new DocrowError('internal', `Unexpected ${error.name}${where}`, { at }, error);
};

/** `folder/file.ts:12:3` of the first stack line, which holds names of code only. */
const firstPosition = (error: Error): string | undefined =>
  /^\s+at .*?((?:[\w.-]+[\\/])?[\w.-]+:\d+:\d+)\)?$/m.exec(error.stack ?? '')?.[1];
