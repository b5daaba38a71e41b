import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DocrowError } from '../../errors/docrow-error.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { findRunningServer } from './running-server.ts';
import { defaultPrivateRoot } from './server-home.ts';

const pollMs = 50;
/** An orderly end writes everything that is in memory to disk first. */
const maxOrderlyMs = 120_000;
const maxImmediateMs = 30_000;

/**
 * Ends the server with SIGINT (PostgreSQL's fast shutdown) and waits until it is gone; one that does not go is
 * ended with SIGQUIT, after which the next start replays its log. Nothing that was committed is lost either way.
 * @throws DocrowError `embedded-unavailable` when it does not end
 */
export async function stopServer(pid: number, data: string): Promise<void> {
  const isGone = () => findRunningServer(data)?.pid !== pid;
  sendSignal(pid, 'SIGINT');
  if (await waitUntil(isGone, maxOrderlyMs)) return;
  sendSignal(pid, 'SIGQUIT');
  if (await waitUntil(isGone, maxImmediateMs)) return;
  throw new DocrowError(
    'embedded-unavailable',
    `The embedded PostgreSQL with process id ${pid} does not end; end it by hand, then run the same command`,
    { pid, folder: data },
  );
}

function sendSignal(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  if (process.platform === 'win32') {
    const { pgCtl } = findPostgresBinaries(undefined, defaultPrivateRoot());
    spawnSync(pgCtl, ['kill', signal.slice(3), String(pid)]);
    return;
  }
  process.kill(pid, signal);
  // A server that was suspended takes no other signal before this one.
  process.kill(pid, 'SIGCONT');
}

async function waitUntil(isTrue: () => boolean, maxMs: number): Promise<boolean> {
  const deadline = Date.now() + maxMs;
  while (Date.now() < deadline) {
    if (isTrue()) return true;
    await sleep(pollMs);
  }
  return isTrue();
}
