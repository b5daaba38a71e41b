import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearStalePidFile, findRunningServer } from '../../../../src/target/embedded/running-server.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'docrow-pid-'));
});

afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

const writePidFile = (pid: number | string) =>
  writeFileSync(
    join(data, 'postmaster.pid'),
    `${pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n 1 2\nready   \n`,
  );

test('no pid file, no server', () => {
  expect(findRunningServer(data)).toBeUndefined();
});

test.each([
  ['a process that is gone', 4_194_305],
  ['a process that runs something else', process.pid],
  ['a number that would signal a whole group', -1],
  ['no number', 'x'],
])('a pid file that names %s is stale and can be cleared', (_what, pid) => {
  writePidFile(pid);
  expect(findRunningServer(data)).toBeUndefined();
  clearStalePidFile(data);
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
});
