import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { embeddedStatus, startEmbeddedPostgres } from '../../src/target/embedded/embedded-postgres.ts';

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
  const dataFolder = mkdtempSync(join(tmpdir(), 'docrow-restartable-'));
  // As root the server runs as another user, who has to get in.
  chmodSync(dataFolder, 0o755);
  const start = () => startEmbeddedPostgres({ dataFolder, settings });
  let server = await start();
  return {
    uri: server.uri,
    restart: async (signal, awayMs = 300) => {
      process.kill(embeddedStatus({ dataFolder }).pid!, signal);
      await pause(awayMs);
      server = await start();
    },
    stop: async () => {
      await server.stop();
      const { folder } = embeddedStatus({ dataFolder });
      for (const each of new Set([folder, dataFolder])) rmSync(each, { recursive: true, force: true });
    },
  };
}
