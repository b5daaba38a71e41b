import { expect, test } from 'vitest';
import type { CutoverReport } from '../../../src/report/cutover-report.ts';
import { renderCutover } from '../../../src/report/text/cutover-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { sampleCutover } from '../cli/sample-sync.ts';

const of = (more: Partial<CutoverReport> = {}, width = 120): string =>
  renderCutover(createStyle(false, width), { ...sampleCutover, ...more });

const ready = sampleCutover.checks.filter(({ state }) => state === 'ok');

test('one table of what must be true, and what to do about each line that is not so', () => {
  const text = of();
  expect(text).toMatch(
    /^✗ Not ready for the switch: 1 line below is not so yet\n {2}Every change up to 2026-03-01 08:15:30 UTC is in the tables\n {2}Compared by digests on 2026-03-01 08:16:00 UTC: both sides agree\n/,
  );
  expect(text).toMatch(/^✓ +Every change of the source is in the tables +0 s behind$/m);
  expect(text).toMatch(/^✗ +All constraints are there and valid +tasks_user_id_fkey is not valid$/m);
  expect(text).toMatch(/^\? +Nobody else wrote to the tables +users: 2 rows$/m);
  expect(text).toContain('→ All constraints are there and valid: Run docrow migrate');
  expect(text).not.toContain('→ Nobody else');
  expect(text).toContain('docrow cutover --check');
});

test('ready, done, and not switched', () => {
  expect(of({ verdict: 'ready', checks: ready })).toContain('✓ Ready for the switch; nothing was recorded');
  const done = of({
    verdict: 'done',
    mode: 'cutover',
    checks: ready,
    finishedAt: '2026-03-01T09:00:00.000Z',
  });
  expect(done).toContain('✓ Both sides are the same: the application can be switched to PostgreSQL');
  expect(done).toContain('Recorded on 2026-03-01 09:00:00 UTC');
  const failed = sampleCutover.checks.map((check) => ({ ...check, state: 'failed' as const }));
  expect(of({ mode: 'cutover', checks: failed })).toContain('✗ Not switched: 3 lines below are not so yet');
});

test.each([60, 80, 120])('no line below the verdict is longer than %d columns', (width) => {
  const detail = 'tasks_user_id_fkey is not valid; '.repeat(10);
  const checks = sampleCutover.checks.map((check) => ({ ...check, detail, remedy: detail }));
  for (const line of of({ checks }, width).split('\n').slice(1))
    expect(line.length).toBeLessThanOrEqual(width);
});
