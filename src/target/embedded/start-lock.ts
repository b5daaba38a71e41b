import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DocrowError } from '../../errors/docrow-error.ts';
import { inspectProcess } from './process-inspection.ts';

const filePattern = /^start-lock\.(\d+)$/;
const released = 'released';
const pollMs = 50;
const maxWaitMs = 15 * 60_000;

/**
 * Runs `work` while no other process (and no other call in this one) runs anything under the lock of `folder`.
 *
 * Node has no `flock`, and a lock file that is deleted when its holder is dead can be deleted by two waiters,
 * the second of which deletes the lock that the first has just taken. So lock files are numbered and the newest is
 * never deleted: whoever finds it released, or its holder dead, creates the next number, which only one can.
 * A file appears with its content (`link`), so that it is never read half written.
 */
export async function withStartLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const file = await acquire(folder);
  try {
    return await work();
  } finally {
    writeFileSync(file, released);
  }
}

async function acquire(folder: string): Promise<string> {
  const me = `${process.pid} ${inspectProcess(process.pid)?.startMark ?? ''}`;
  const deadline = Date.now() + maxWaitMs;
  while (Date.now() < deadline) {
    const newest = newestNumber(folder);
    if (newest === 0 || !isHeld(folder, newest)) {
      const file = lockFile(folder, newest + 1);
      if (createWithContent(file, me)) {
        if (newest > 0) rmSync(lockFile(folder, newest), { force: true });
        return file;
      }
    }
    await sleep(pollMs);
  }
  throw new DocrowError(
    'embedded-unavailable',
    'Another docrow has been starting or stopping the embedded PostgreSQL for 15 minutes; wait for it or end it',
    { folder },
  );
}

const lockFile = (folder: string, number: number): string => join(folder, `start-lock.${number}`);

function newestNumber(folder: string): number {
  const numbers = readdirSync(folder).map((name) => Number(filePattern.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

function isHeld(folder: string, number: number): boolean {
  let content: string;
  try {
    content = readFileSync(lockFile(folder, number), 'utf8');
  } catch {
    // Deleted since it was listed: there is a newer one, and the next look will find it.
    return true;
  }
  const [pid = '', startMark = ''] = content.split(' ');
  return content !== released && inspectProcess(Number(pid))?.startMark === startMark;
}

function createWithContent(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
