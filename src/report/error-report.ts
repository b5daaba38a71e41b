import { redact } from '../config/redact.ts';
import type { DocrowError, ErrorContext } from '../errors/docrow-error.ts';
import type { ErrorReport } from './migration-report.ts';

/** What a person sees of an error: one entry per problem, without secrets. */
export const toErrorReports = (error: DocrowError): readonly ErrorReport[] => {
  const { code, remedy, problems } = error;
  const entry = (message: string, location: string | undefined): ErrorReport => ({
    code,
    message: redact(message),
    hint: remedy,
    location: location === undefined ? undefined : redact(location),
  });
  if (problems.length === 0) return [entry(error.message, locationOf(error.context))];
  return problems.map(({ message, location }) => entry(message, location));
};

/** The most exact place that the context names. */
const locationOf = (context: ErrorContext): string | undefined => {
  const { location, file, line, column, collection, table, path, document, offset } = context;
  if (location !== undefined) return String(location);
  const parts: string[] = [];
  if (file !== undefined) parts.push([file, line, column].filter((part) => part !== undefined).join(':'));
  if (collection !== undefined) parts.push(`collection ${collection}`);
  if (table !== undefined) parts.push(`table ${table}`);
  if (path !== undefined && parts.length === 0) parts.push(String(path));
  if (document !== undefined) parts.push(`document ${document}`);
  if (offset !== undefined) parts.push(`byte ${offset}`);
  return parts.length === 0 ? undefined : parts.join(', ');
};
