import { setTimeout as pause } from 'node:timers/promises';
import { embeddedStatus, startEmbeddedPostgres } from '../../src/target/embedded/embedded-postgres.ts';
import { makeDataFolder, stopAndRemove } from './postgres-server.ts';

export interface RestartablePostgres {
  readonly uri: string;
  /** Ends the server, is without it for a while, and starts it on its port and data again. */
  restart(signal: 'SIGINT' | 'SIGKILL', awayMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** No crash of the machine is to be outlived, but one of the server: what was committed stays. */
const settings = { fsync: 'off', full_page_writes: 'off', shared_buffers: '128MB' };

/** A PostgreSQL of a test's own. */
export async function startRestartablePostgres(): Promise<RestartablePostgres> {
  const dataFolder = makeDataFolder();
  const start = () => startEmbeddedPostgres({ dataFolder, settings });
  const { uri } = await start();
  return {
    uri,
    restart: async (signal, awayMs = 300) => {
      process.kill(embeddedStatus({ dataFolder }).pid!, signal);
      await pause(awayMs);
      await start();
    },
    stop: () => stopAndRemove(dataFolder),
  };
}
