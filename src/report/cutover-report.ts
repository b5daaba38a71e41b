import type { ExitCode } from '../errors/error-codes.ts';
import type { ErrorReport } from './migration-report.ts';
import type { SyncPositionReport } from './sync-report.ts';

/** What must be true before an application is switched over, in this order. */
export type CutoverCheckName =
  | 'caught-up'
  | 'collections-followed'
  | 'validated'
  | 'no-rejections'
  | 'constraints'
  | 'indexes'
  | 'sequences'
  | 'analyzed'
  | 'foreign-writes';

export interface CutoverCheck {
  readonly name: CutoverCheckName;
  /** What has to be true, as a sentence. */
  readonly title: string;
  /** `unknown`: it could not be found out, and stands in the way of nothing. */
  readonly state: 'ok' | 'failed' | 'unknown';
  readonly detail: string;
  /** What a person can do about it. */
  readonly remedy?: string;
}

/** What `cutover` prints with --json. */
export interface CutoverReport {
  readonly command: 'cutover';
  readonly runId: string;
  readonly mode: 'check' | 'cutover';
  readonly verdict: 'ready' | 'not-ready' | 'done';
  readonly exitCode: ExitCode;
  readonly checks: readonly CutoverCheck[];
  /** Where the tables stand in the source's history; undefined where there is none. */
  readonly position: SyncPositionReport | undefined;
  /** The comparison that `validated` goes by. */
  readonly validation?: { readonly at: string; readonly level: string; readonly verdict: string };
  /** When the switch was recorded; ISO 8601. */
  readonly finishedAt?: string;
  readonly errors: readonly ErrorReport[];
}
