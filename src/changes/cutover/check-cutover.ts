import { combineExitCodes } from '../../errors/combine-exit-codes.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { type ExitCode, exitCodes } from '../../errors/error-codes.ts';
import type { CutoverCheck, CutoverCheckName, CutoverReport } from '../../report/cutover-report.ts';
import type { ValidationReport } from '../../report/validation-report.ts';
import { dateOfClusterTime } from '../../source/change-feed.ts';
import { lookAhead } from '../look-ahead.ts';
import { readStops } from '../read-stops.ts';
import { storedPosition } from '../stored-position.ts';
import type { CutoverParts } from './cutover-parts.ts';

export type CutoverLook = Pick<CutoverReport, 'checks' | 'position' | 'validation'> & {
  readonly isReady: boolean;
};

/** It is enough to know that there are many. */
const mostEvents = 10_000;

const titles: Readonly<Record<CutoverCheckName, string>> = {
  'caught-up': 'Every change of the source is in the tables',
  'collections-followed': 'Every collection is followed',
  validated: 'Both sides were compared and are equal',
  'no-rejections': 'No document is set aside',
  constraints: 'All constraints are there and valid',
  indexes: 'All indexes are there and valid',
  sequences: 'Sequences are beyond the values in the tables',
  analyzed: 'The planner has statistics of all tables',
  'foreign-writes': 'Nobody else wrote to the tables',
};

const check = (
  name: CutoverCheckName,
  state: CutoverCheck['state'],
  detail: string,
  remedy?: string,
): CutoverCheck => ({
  name,
  title: titles[name],
  state,
  detail,
  ...(state === 'ok' || remedy === undefined ? {} : { remedy }),
});

/**
 * Looks at everything that must be true before the switch. Changes nothing.
 * @param isAnew both sides are compared also where the last comparison found them equal and nothing is known to have
 * changed since
 */
export async function checkCutover(parts: CutoverParts, isAnew = false): Promise<CutoverLook> {
  const caughtUp = await checkCaughtUp(parts);
  const followed = await checkFollowed(parts);
  const rest = [
    await checkRejections(parts),
    await checkConstraints(parts),
    await checkIndexes(parts),
    await checkSequences(parts),
    await checkAnalyzed(parts),
    await checkForeignWrites(parts),
  ];
  const isBehind = caughtUp.check.state === 'failed' || followed.state === 'failed';
  const { validated, validation } = await checkValidated(parts, !isBehind, isAnew);
  const checks = [caughtUp.check, followed, validated, ...rest];
  return {
    checks,
    position: caughtUp.position,
    ...(validation === undefined ? {} : { validation }),
    isReady: checks.every(({ state }) => state !== 'failed'),
  };
}

/** 3 when only the comparison stands in the way, 5 for everything else. */
export function cutoverExitCode({ checks }: Pick<CutoverLook, 'checks'>): ExitCode {
  const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  if (failed.length === 0) return exitCodes.done;
  return combineExitCodes(
    failed.map((name) =>
      name === 'validated' && failed.length === 1
        ? exitCodes.differences
        : name === 'no-rejections' && failed.length === 1
          ? exitCodes.rejected
          : exitCodes.conflict,
    ),
  );
}

async function checkCaughtUp(
  parts: CutoverParts,
): Promise<{ readonly check: CutoverCheck; readonly position: CutoverReport['position'] }> {
  const { run, source, syncStore, store } = parts;
  const name = 'caught-up';
  if (source.openChanges === undefined) {
    return { check: check(name, 'unknown', 'Files do not change'), position: undefined };
  }
  const from = await storedPosition(store, syncStore, run);
  if (from === undefined) {
    const remedy = 'Stop the writes, then run docrow sync --full and docrow validate';
    return {
      check: check(name, 'unknown', 'The source’s changes are not followed', remedy),
      position: undefined,
    };
  }
  try {
    const { upTo, events, since } = await lookAhead(parts, from, mostEvents);
    const sourceTime = dateOfClusterTime(events === 0 ? upTo : from.clusterTime).toISOString();
    const position = { sourceTime, clusterTime: from.clusterTime };
    if (events === 0) return { check: check(name, 'ok', `0 s behind at ${sourceTime}`), position };
    const detail = `${events} changes since ${since!.toISOString()} are not in the tables yet`;
    const remedy = 'Run docrow sync --once, or wait for docrow sync --follow; stop the writes to the source';
    return { check: check(name, 'failed', detail, remedy), position };
  } catch (error) {
    if (!(error instanceof DocrowError) || error.code !== 'source-history-lost') throw error;
    const position = {
      sourceTime: dateOfClusterTime(from.clusterTime).toISOString(),
      clusterTime: from.clusterTime,
    };
    return { check: check(name, 'failed', error.message, error.remedy), position };
  }
}

async function checkFollowed(parts: CutoverParts): Promise<CutoverCheck> {
  const { run, store, collections } = parts;
  const name = 'collections-followed';
  const loaded = await store.collections(run.runId);
  const open = collections
    .map(({ collection }) => collection)
    .filter((collection) => !loaded.some((one) => one.collection === collection && one.status === 'done'));
  if (open.length > 0) {
    return check(name, 'failed', `Not loaded to the end: ${open.join(', ')}`, 'Run docrow migrate');
  }
  const stops = [...(await readStops(parts))];
  if (stops.length === 0) return check(name, 'ok', `${collections.length} collections`);
  const list = stops.map(([collection, { reason }]) => `${collection} (${reason})`).join(', ');
  return check(name, 'failed', `Not followed any more: ${list}`, 'Run docrow sync --recover');
}

async function checkValidated(
  parts: CutoverParts,
  mayCompare: boolean,
  isAnew: boolean,
): Promise<{ readonly validated: CutoverCheck; readonly validation: CutoverReport['validation'] }> {
  const { validate } = parts;
  const name = 'validated';
  const last = await parts.lastValidation();
  const changedAt = (await parts.lastChange()) ?? new Date(0);
  const isCurrent = last !== undefined && isClose(last.report) && last.validatedAt >= changedAt;
  // What differed may have been on its way, or have been repaired.
  const isTaken = isCurrent && (validate === undefined || (!isAnew && last.report.verdict === 'match'));
  if (isTaken) return judged(last.report, last.validatedAt);
  if (!mayCompare) {
    const detail = 'The tables are not in step with the source, so that a comparison would say nothing';
    return { validated: check(name, 'failed', detail, 'Let them catch up first'), validation: undefined };
  }
  if (validate !== undefined) return judged(await validate(), new Date());
  const detail =
    last === undefined
      ? 'Both sides have not been compared yet'
      : isClose(last.report)
        ? `The last comparison is of ${last.validatedAt.toISOString()}, and rows changed since (${changedAt.toISOString()})`
        : 'The last comparison only counted';
  return { validated: check(name, 'failed', detail, 'Run docrow validate'), validation: undefined };
}

const judged = (
  report: ValidationReport,
  at: Date,
): { readonly validated: CutoverCheck; readonly validation: CutoverReport['validation'] } => {
  const levels = [...new Set(report.collections.map(({ level }) => level))].join(', ');
  const validation = { at: at.toISOString(), level: levels, verdict: report.verdict };
  const detail = `${report.verdict} by ${levels} at ${at.toISOString()}`;
  const remedy = 'See docrow validate, then run docrow repair --apply';
  const state = report.verdict === 'match' ? 'ok' : 'failed';
  return { validated: check('validated', state, detail, remedy), validation };
};

/** Whether every collection was compared by digests or closer. */
const isClose = ({ collections }: ValidationReport): boolean =>
  collections.length > 0 && collections.every(({ level }) => level !== 'counts');

async function checkRejections({ run, store, collections, maxRejects }: CutoverParts): Promise<CutoverCheck> {
  const names = new Set(collections.map(({ collection }) => collection));
  const groups = (await store.countRejections(run.runId)).filter(({ collection }) => names.has(collection));
  const documents = groups.reduce((sum, group) => sum + group.documents, 0);
  const state = documents > maxRejects ? 'failed' : 'ok';
  const allowed = maxRejects > 0 ? ` (${maxRejects} are allowed)` : '';
  const remedy =
    'See docrow rejects list; edit the mapping and run docrow rejects retry, or say --max-rejects';
  return check('no-rejections', state, `${documents} documents are set aside${allowed}`, remedy);
}

async function checkConstraints({ target, collections }: CutoverParts): Promise<CutoverCheck> {
  const unfit = await target.unfitConstraints(collections);
  const remedy = 'Run docrow migrate, which builds what is missing, or alter table … validate constraint';
  return check('constraints', stateOf(unfit), listOf(unfit, 'All are valid'), remedy);
}

async function checkIndexes({ target, collections }: CutoverParts): Promise<CutoverCheck> {
  const unfit = await target.unfitIndexes(collections);
  const remedy = 'Run docrow migrate, which builds what is missing, or reindex index …';
  return check('indexes', stateOf(unfit), listOf(unfit, 'All are valid'), remedy);
}

async function checkSequences({ target, collections }: CutoverParts): Promise<CutoverCheck> {
  const behind = await target.sequencesBehind(collections);
  const words = behind.map(
    ({ sequence, table, column, value }) => `${sequence} is behind ${table}.${column} (${value})`,
  );
  return check('sequences', stateOf(words), listOf(words, 'None is behind'), 'docrow cutover sets them');
}

async function checkAnalyzed({ target, collections }: CutoverParts): Promise<CutoverCheck> {
  const lacking = await target.tablesNotAnalyzed(collections);
  return check(
    'analyzed',
    stateOf(lacking),
    listOf(lacking, 'All are analyzed'),
    'docrow cutover runs ANALYZE',
  );
}

async function checkForeignWrites({ run, guard }: CutoverParts): Promise<CutoverCheck> {
  const { counts } = await guard.report(run.runId, undefined, 1);
  if (counts.length === 0) return check('foreign-writes', 'ok', 'None was seen');
  const words = counts.map(({ table, inserted, updated, deleted, truncated, unknown }) => {
    const rows = inserted + updated + deleted + unknown;
    return `${table}: ${rows} rows${truncated > 0 ? ', and it was emptied' : ''}`;
  });
  // What is in the tables is compared with the source; this only says who may have been surprised.
  return check(
    'foreign-writes',
    'unknown',
    words.join(', '),
    'See docrow.foreign_write; docrow validate finds what differs',
  );
}

const stateOf = (found: readonly unknown[]): CutoverCheck['state'] => (found.length === 0 ? 'ok' : 'failed');

const shownAtMost = 5;

const listOf = (found: readonly string[], none: string): string => {
  if (found.length === 0) return none;
  const more = found.length - shownAtMost;
  return `${found.slice(0, shownAtMost).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
};
