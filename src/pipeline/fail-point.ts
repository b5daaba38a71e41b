/**
 * Places where tests kill the process, to show that a resumed run equals an uninterrupted one.
 * `DOCROW_FAIL_POINT=after-copy:3` ends the process by SIGKILL the third time that point is reached.
 */
export type FailPoint =
  | 'after-read'
  | 'mid-copy'
  | 'after-copy'
  | 'after-commit'
  | 'before-step'
  | 'after-step'
  | 'mid-set-aside'
  | 'mid-retry'
  | 'after-retry'
  | 'after-digest'
  | 'before-rows'
  | 'mid-rows'
  | 'mid-documents'
  | 'before-report'
  | 'mid-refresh'
  | 'after-refresh'
  | 'after-repair'
  | 'mid-sync'
  | 'after-sync';

const [chosen, times = '1'] = (process.env['DOCROW_FAIL_POINT'] ?? '').split(':');
let left = Number(times);

export function reachFailPoint(point: FailPoint): void {
  if (point === chosen && --left === 0) process.kill(process.pid, 'SIGKILL');
}
