import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withStartLock } from '../../../../src/target/embedded/start-lock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docrow-lock-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(5);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withStartLock(folder, work)));
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual(['start-lock.8']);
});

test('is given back when the work fails', async () => {
  await expect(withStartLock(folder, () => Promise.reject(new TypeError('planned')))).rejects.toThrow(
    'planned',
  );
  expect(await withStartLock(folder, async () => 'in')).toBe('in');
});

test('is taken over from a process that is gone, also when its pid belongs to another one now', async () => {
  writeFileSync(join(folder, 'start-lock.1'), `${process.pid} an-earlier-boot/1`);
  expect(await withStartLock(folder, async () => 'in')).toBe('in');
  writeFileSync(join(folder, 'start-lock.3'), '4194305 an-earlier-boot/1');
  expect(await withStartLock(folder, async () => 'in again')).toBe('in again');
});
