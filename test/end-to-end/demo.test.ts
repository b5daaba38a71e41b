import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DemoReport } from '../../src/report/demo-report.ts';
import { embeddedStatus } from '../../src/target/embedded/embedded-postgres.ts';
import { reportOf, repositoryFolder, runDocrow } from '../support/docrow-process.ts';
import { queryTarget } from '../support/target-content.ts';

const isRoot = process.getuid?.() === 0;
/** The user that owns nothing, on most systems. */
const nobody = 65_534;

/** An unprivileged user may not be able to reach the checkout at all. */
const canReach = (user: number): boolean =>
  spawnSync(process.execPath, ['--version'], { uid: user, gid: user, cwd: repositoryFolder }).status === 0;

test.for([
  ['whoever runs the tests', undefined],
  ['an unprivileged user', nobody],
] as const)('demo, by %s', async ([, user], { skip }) => {
  if (user !== undefined && (!isRoot || !canReach(user))) return skip();
  const dir = mkdtempSync(join(tmpdir(), 'docrow-demo-'));
  if (user !== undefined) chownSync(dir, user, user);
  chmodSync(dir, 0o755);
  const options = { env: { HOME: dir }, ...(user === undefined ? {} : { user }) };
  const dataFolder = join(dir, '.docrow', 'postgres');
  try {
    const report = reportOf<DemoReport>(await runDocrow(['demo', '--json', '--dir', dir], options));
    expect(report).toMatchObject({
      command: 'demo',
      status: 'done',
      exitCode: 0,
      expected: true,
      totals: { read: 3940, loaded: 3903, rejected: 37 },
      validation: { verdict: 'match' },
    });
    expect(report.reportFile).toBe(join(dir, '.docrow', 'report.html'));
    expect(readFileSync(report.reportFile!, 'utf8')).toContain('What was loaded arrived');
    const [row] = await queryTarget(report.connection, 'select count(*)::int as n from subtasks');
    expect(row).toEqual({ n: 2970 });
    const again = await runDocrow(['demo', '--dir', dir], options);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do') });
    const fresh = await runDocrow(['demo', '--json', '--dir', dir, '--fresh', '--yes'], options);
    expect(reportOf<DemoReport>(fresh)).toMatchObject({ exitCode: 0, nothingToDo: false, expected: true });
  } finally {
    const { folder } = embeddedStatus({ dataFolder });
    expect(await runDocrow(['postgres', 'stop', '--dir', dir], options)).toMatchObject({ code: 0 });
    expect(embeddedStatus({ dataFolder }).state).toBe('stopped');
    for (const each of new Set([folder, dir])) rmSync(each, { recursive: true, force: true });
  }
});
