import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inspectProcess } from '../../../../src/target/embedded/process-inspection.ts';

test('knows a running process by its command line and start', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'a-mark-of-its-own'], {
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  const seen = inspectProcess(child.pid!);
  expect(seen?.command).toContain('a-mark-of-its-own');
  expect(seen?.startMark).not.toBe('');
  expect(seen?.startMark).not.toBe(inspectProcess(process.pid)?.startMark);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(inspectProcess(child.pid!)).toBeUndefined();
});

test.runIf(process.platform === 'linux')('takes a zombie for no process', async () => {
  // The shell replaces itself by a program that never asks for the end of its child.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  try {
    await expect.poll(() => inspectProcess(pid)).toBeUndefined();
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    parent.kill('SIGKILL');
  }
});
