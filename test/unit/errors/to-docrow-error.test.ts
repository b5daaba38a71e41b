import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import type { PostgresStep } from '../../../src/errors/from-postgres-error.ts';
import { toDocrowError } from '../../../src/errors/to-docrow-error.ts';

const canary = 'canary@example.org';

/** pg's own error class, filled as the protocol's ErrorResponse of a real server is. */
const fromServer = (code: string, fields: Partial<pg.DatabaseError> = {}): pg.DatabaseError =>
  Object.assign(new pg.DatabaseError(`value "${canary}" is bad`, 100, 'error'), {
    code,
    severity: 'ERROR',
    detail: `Key (email)=(${canary}) already exists.`,
    ...fields,
  });

describe('errors of a PostgreSQL server', () => {
  test.each<[string, PostgresStep, string]>([
    ['08006', 'load', 'target-unreachable'],
    ['57P01', 'load', 'target-unreachable'],
    ['57P02', 'load', 'target-unreachable'],
    ['57P03', 'load', 'target-unreachable'],
    ['53300', 'load', 'target-unreachable'],
    ['28P01', 'load', 'target-denied'],
    ['28000', 'load', 'target-denied'],
    ['42501', 'load', 'target-denied'],
    ['3D000', 'load', 'target-not-found'],
    ['53100', 'load', 'target-disk-full'],
    ['40P01', 'load', 'target-busy'],
    ['23505', 'load', 'row-refused'],
    ['22021', 'load', 'row-refused'],
    ['54000', 'load', 'row-refused'],
    ['23503', 'finish', 'constraint-failed'],
    ['22P02', 'finish', 'constraint-failed'],
    ['42P01', 'load', 'target-refused'],
    ['57014', 'finish', 'target-refused'],
    ['XX000', 'load', 'target-refused'],
  ])('SQLSTATE %s while %s is %s', (sqlstate, step, code) => {
    const error = toDocrowError(fromServer(sqlstate), step);
    expect(error.code).toBe(code);
    expect(error.context['sqlstate']).toBe(sqlstate);
  });

  test('keep names and the line, and lose values', () => {
    const error = toDocrowError(
      fromServer('23505', {
        schema: 'public',
        table: 'users',
        constraint: 'users_email_key',
        where: `COPY users, line 17, column email: "${canary}"`,
      }),
    );
    expect(error.message).toBe(
      'PostgreSQL refused the row (table public.users, constraint users_email_key): value taken already, SQLSTATE 23505',
    );
    expect(error.context).toMatchObject({ table: 'users', constraint: 'users_email_key', copyLine: 17 });
    expect(JSON.stringify([error.message, error.context])).not.toContain(canary);
  });
});

test('a refused connection names host and port', async () => {
  const refused = await new Promise<Error>((done) => {
    connect({ host: '127.0.0.1', port: 1 }).on('error', done);
  });
  const error = toDocrowError(refused);
  expect(error.code).toBe('target-unreachable');
  expect(error.message).toBe('The PostgreSQL server at 127.0.0.1:1 cannot be reached (ECONNREFUSED)');
});

test('the first of several addresses speaks for a host', () => {
  const each = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', address: '::1', port: 5432 });
  expect(toDocrowError(new AggregateError([each], '')).code).toBe('target-unreachable');
});

test('what pg says without a code when a connection ends', () => {
  expect(toDocrowError(new Error('Connection terminated unexpectedly')).code).toBe('target-unreachable');
});

test('a file that cannot be opened is named', async () => {
  const thrown = await open('/nowhere/at/all').catch((error: unknown) => error);
  const error = toDocrowError(thrown);
  expect(error.code).toBe('file-failed');
  expect(error.message).toContain('/nowhere/at/all');
});

test('an abort is an interruption', () => {
  expect(toDocrowError(AbortSignal.abort().reason).code).toBe('interrupted');
});

test('an unknown error is internal, and its text is not repeated', () => {
  const error = toDocrowError(new TypeError(`cannot read ${canary}`));
  expect(error.code).toBe('internal');
  expect(error.message).toMatch(/^Unexpected TypeError at .*to-docrow-error\.test\.ts:\d+:\d+$/);
  expect(error.message).not.toContain(canary);
  expect(toDocrowError(canary).message).not.toContain(canary);
});

test('a DocrowError stays itself', () => {
  const error = new DocrowError('run-locked', 'Somebody else');
  expect(toDocrowError(error)).toBe(error);
});
