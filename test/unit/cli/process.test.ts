import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('./memory-docrow.ts', import.meta.url));

const start = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', script, ...argv], { env: { ...process.env, ...env } });

const exit = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((done) => {
    child.on('close', (code, signal) => done(code ?? signal));
  });

/** Resolves when the process has written this on stderr. */
const said = (child: ChildProcess, text: string): Promise<void> =>
  new Promise((done) => {
    let all = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      all += chunk.toString();
      if (all.includes(text)) done();
    });
  });

const migrate = ['migrate', '--source', 'dump', '--target', 'postgres://h/db', '--progress', 'plain'];

// Real processes and real signals; the use cases are in memory, so none of them touches a database.
describe('docrow as a process', () => {
  test('the first Ctrl-C is said to wait for the chunk, the second stops at once', async () => {
    const child = start(migrate, { STOP_AT: 'hard' });
    const ended = exit(child);
    await said(child, 'starts with');
    child.kill('SIGINT');
    await said(child, 'another Ctrl-C stops at once');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  test('a third signal ends a process that hangs', async () => {
    const child = start(migrate, { STOP_AT: 'never' });
    const ended = exit(child);
    await said(child, 'starts with');
    child.kill('SIGINT');
    await said(child, 'another Ctrl-C stops at once');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const again = setInterval(() => child.kill('SIGTERM'), 50);
    expect(['SIGINT', 'SIGTERM']).toContain(await ended);
    clearInterval(again);
  });

  test('a reader that goes away does not change the exit code', async () => {
    const child = start(['rejects', 'list', '--target', 'embedded:']);
    const ended = exit(child);
    child.stdout?.destroy();
    expect(await ended).toBe(0);
  });
});
