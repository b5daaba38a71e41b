import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { LackingPrivilege, ProbedTable, ProbeTable, TargetProbe } from '../target-probe.ts';
import { closePostgres, connectPostgres, type PostgresClient } from './connect.ts';
import { lackingPrivileges } from './lacking-privileges.ts';
import { timeRows } from './time-rows.ts';

/** Asks a PostgreSQL server before a load, over a connection of its own. */
export class PostgresProbe implements TargetProbe {
  readonly #client: PostgresClient;

  private constructor(client: PostgresClient) {
    this.#client = client;
  }

  /** @throws DocrowError `target-unreachable`, `target-denied`, `target-unsupported` */
  static async open(uri: string): Promise<PostgresProbe> {
    return new PostgresProbe(await connectPostgres(uri));
  }

  lackingPrivileges(
    schema: string,
    collections: readonly CollectionMapping[],
  ): Promise<readonly LackingPrivilege[]> {
    return attempt(() => lackingPrivileges(this.#client, schema, collections));
  }

  timeRows(tables: readonly ProbeTable[]): Promise<readonly ProbedTable[] | undefined> {
    return attempt(() => timeRows(this.#client, tables));
  }

  close(): Promise<void> {
    return closePostgres(this.#client);
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDocrowError(error, 'finish');
  }
}
