import { DocrowError, type ErrorContext } from './docrow-error.ts';
import type { ErrorCode } from './error-codes.ts';
import { sqlstateWords } from './sqlstate-words.ts';

/**
 * What PostgreSQL was doing: `load` writes rows of documents (a refused value sets a document aside), `finish`
 * builds keys and constraints afterwards (a refused value stops the collection).
 */
export type PostgresStep = 'load' | 'finish';

/** The fields of the protocol's ErrorResponse, as pg delivers them. `message`, `detail` and `hint` are not read: they echo values. */
interface PostgresFields {
  readonly code: string;
  readonly severity: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
  readonly where?: string;
}

/** An error that a PostgreSQL server or its connection caused; undefined for any other. */
export const fromPostgresError = (error: unknown, step: PostgresStep): DocrowError | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (!isPostgresError(error)) return connectionLost(error);
  const code = codeForSqlstate(error.code, step);
  const context = contextOf(error);
  return new DocrowError(code, describe(code, error.code, context), context, error);
};

const isPostgresError = (error: Error): error is Error & PostgresFields => {
  const { code, severity } = error as Partial<PostgresFields>;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && typeof severity === 'string';
};

/** SQLSTATEs that mean something else than their class (the first two characters) does. */
const byState: Readonly<Record<string, ErrorCode>> = {
  '42501': 'target-denied',
  '3D000': 'target-not-found',
  '53100': 'target-disk-full',
  '53300': 'target-unreachable',
  '57P01': 'target-unreachable',
  '57P02': 'target-unreachable',
  '57P03': 'target-unreachable',
  '55P03': 'target-busy',
};

const byClass: Readonly<Record<string, ErrorCode>> = {
  '08': 'target-unreachable',
  '28': 'target-denied',
  '40': 'target-busy',
};

/** 22: data, 23: constraint, 54000 and 54001: a row or its nesting is beyond a limit of the server. */
const isAboutRow = (sqlstate: string): boolean => /^(?:22|23|5400[01])/.test(sqlstate);

const codeForSqlstate = (sqlstate: string, step: PostgresStep): ErrorCode => {
  if (isAboutRow(sqlstate)) return step === 'load' ? 'row-refused' : 'constraint-failed';
  return byState[sqlstate] ?? byClass[sqlstate.slice(0, 2)] ?? 'target-refused';
};

const contextOf = (fields: PostgresFields): ErrorContext => {
  // `where` reads like: COPY users, line 3, column email: "…". Only the number may leave it.
  const copyLine = /^COPY .+?, line (\d+)/.exec(fields.where ?? '')?.[1];
  return {
    sqlstate: fields.code,
    schema: fields.schema,
    table: fields.table,
    column: fields.column,
    dataType: fields.dataType,
    constraint: fields.constraint,
    copyLine: copyLine === undefined ? undefined : Number(copyLine),
  };
};

const subjects: Partial<Readonly<Record<ErrorCode, string>>> = {
  'row-refused': 'PostgreSQL refused the row',
  'constraint-failed': 'PostgreSQL could not build a key, index or constraint',
  'target-unreachable': 'The connection to PostgreSQL was refused or lost',
  'target-denied': 'PostgreSQL refused the credentials or the operation',
  'target-not-found': 'PostgreSQL has no database of the name in the target URI',
  'target-disk-full': 'PostgreSQL ran out of disk space',
  'target-busy': 'PostgreSQL ended the transaction in favour of another',
};

const describe = (code: ErrorCode, sqlstate: string, context: ErrorContext): string => {
  const subject = subjects[code] ?? 'PostgreSQL refused a statement';
  const words = sqlstateWords(sqlstate);
  return `${subject}${placeOf(context)}: ${words === undefined ? '' : `${words}, `}SQLSTATE ${sqlstate}`;
};

const placeOf = ({ schema, table, column, constraint }: ErrorContext): string => {
  const names: string[] = [];
  if (table !== undefined) names.push(`table ${schema === undefined ? '' : `${schema}.`}${table}`);
  if (column !== undefined) names.push(`column ${column}`);
  if (constraint !== undefined) names.push(`constraint ${constraint}`);
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
};

/** pg gives no code to what it says itself when a connection ends; these texts are constants of pg and pg-pool. */
const lostConnection = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'timeout exceeded when trying to connect',
  'timeout expired',
]);

const connectionLost = (error: Error): DocrowError | undefined => {
  if (lostConnection.has(error.message)) {
    return new DocrowError('target-unreachable', 'The connection to PostgreSQL was lost', {}, error);
  }
  if (error.message === 'The server does not support SSL connections') {
    return new DocrowError('target-untrusted', 'The PostgreSQL server does not offer TLS', {}, error);
  }
  if (error.message.startsWith('SASL: ')) {
    const message = 'PostgreSQL asks for a password and the one given, or none, cannot be used';
    return new DocrowError('target-denied', message, {}, error);
  }
  return undefined;
};
