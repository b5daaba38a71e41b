import { DocrowError } from '../../../errors/docrow-error.ts';
import { type PostgresClient, socketOf } from '../connect.ts';

/** A server that lost its client would go on with a query to its end; from version 14 on it can be told to look. */
const watchClient = `select pg_catalog.set_config(name, '2s', true) from pg_catalog.pg_settings
  where name = 'client_connection_check_interval'`;

/** Compiling an expression of many calls takes longer than it saves. */
const begin = `begin isolation level repeatable read read only; set local jit = off; ${watchClient}`;

/**
 * Runs `read` in one snapshot that cannot write.
 * @throws DocrowError `interrupted` when the signal stops it, which cuts the connection
 */
export async function readSnapshot<T>(
  client: PostgresClient,
  signal: AbortSignal,
  read: () => Promise<T>,
): Promise<T> {
  const stop = (): void => void socketOf(client).destroy();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) throw stopped();
    await client.query(begin);
    const result = await read();
    await client.query('commit');
    return result;
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const stopped = (): DocrowError => new DocrowError('interrupted', 'Comparing rows was stopped');
