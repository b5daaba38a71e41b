import {
  MongoCompatibilityError,
  MongoError,
  MongoInvalidArgumentError,
  MongoMissingCredentialsError,
  MongoMissingDependencyError,
  MongoParseError,
} from 'mongodb';
import { DocrowError, type ErrorContext } from '../../errors/docrow-error.ts';
import { mongoErrorKind } from './error-kind.ts';

/** What the driver throws for a URI or option that cannot work, before it talks to a server. */
const settingsErrors = [
  MongoParseError,
  MongoInvalidArgumentError,
  MongoMissingCredentialsError,
  MongoMissingDependencyError,
  MongoCompatibilityError,
];

/**
 * Makes a DocrowError of what the driver throws. Its text is never taken over: it may hold values of documents, or
 * the URI with its password. The error itself stays in `cause`.
 * @param context names that belong to what was being done
 */
export function toMongoError(error: unknown, context: ErrorContext = {}): DocrowError {
  if (error instanceof DocrowError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new DocrowError('interrupted', 'Reading was stopped', context, error);
  }
  if (!(error instanceof MongoError)) {
    return new DocrowError('internal', 'The MongoDB driver threw something unexpected', context, error);
  }
  const reason = reasonOf(error);
  const details = { ...context, reason };
  switch (mongoErrorKind(error)) {
    case 'denied':
      return new DocrowError('source-denied', `MongoDB refused the user (${reason})`, details, error);
    case 'unreachable':
      return new DocrowError('source-unreachable', `MongoDB cannot be reached (${reason})`, details, error);
    case 'cursor-lost':
      return new DocrowError('source-cursor-lost', `MongoDB closed the cursor (${reason})`, details, error);
    case 'history-lost': {
      const message = `MongoDB no longer has the changes from the time that is needed (${reason})`;
      return new DocrowError('source-history-lost', message, details, error);
    }
    case 'other':
      break;
  }
  if (settingsErrors.some((type) => error instanceof type)) {
    const message = `The MongoDB URI or one of its options is not valid (${reason})`;
    return new DocrowError('settings-invalid', message, details, error);
  }
  return new DocrowError('source-refused', `MongoDB refused a command (${reason})`, details, error);
}

/** The names and codes that an error carries, which hold no values. */
function reasonOf(error: MongoError): string {
  const { code } = error;
  const codeName: unknown = 'codeName' in error ? error.codeName : undefined;
  const name = typeof codeName === 'string' && codeName !== '' ? codeName : error.name;
  if (typeof code === 'number') return `${name}, code ${code}`;
  const systemCode = systemCodeOf(error);
  return systemCode === undefined ? name : `${name}, ${systemCode}`;
}

/** Node's code of the failure at the bottom, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
function systemCodeOf(error: unknown): string | undefined {
  let inner = error;
  let code: string | undefined;
  for (let depth = 0; inner instanceof Error && depth < 10; depth++, inner = inner.cause) {
    if ('code' in inner && typeof inner.code === 'string') code = inner.code;
  }
  return code;
}
