import type { RunFacts } from './run-report.ts';
import { formatCount, formatDocuments, formatTime } from './text/quantities.ts';
import type { ValidationLevel } from './validation-report.ts';

/** What a run came to, for people who read nothing else. */
export interface RunVerdict {
  /** `good`: loaded and compared; `attention`: something is left to be done or to be decided; `bad`: the sides differ. */
  readonly tone: 'good' | 'attention' | 'bad';
  readonly title: string;
  /** Whole sentences. */
  readonly sentences: readonly string[];
}

const levelWords: Readonly<Record<ValidationLevel, string>> = {
  counts: 'by counts',
  digests: 'by digests of all rows',
  rows: 'row by row',
  documents: 'by making the documents again from their rows',
};

/** The least close level that all compared collections reached. */
const levelReached = ({ validation }: RunFacts): ValidationLevel | undefined => {
  const order: readonly ValidationLevel[] = ['counts', 'digests', 'rows', 'documents'];
  return order.find((level) => validation?.collections.some((collection) => collection.level === level));
};

/** Says in words how a run stands, what is proved, and what is not. */
export const runVerdict = (facts: RunFacts): RunVerdict => {
  const { validation, state, sync, cutOverAt } = facts;
  const sentences: string[] = [];
  const rejected = setAsideOf(facts);
  const setAside = rejected > 0;
  const faults = validation?.verdict === 'mismatch' ? faultSentence(validation) : undefined;
  if (faults !== undefined) sentences.push(faults);
  if (setAside) {
    sentences.push(
      `${formatDocuments(rejected)} ${rejected === 1 ? 'was' : 'were'} set aside and kept whole, each with its reason.`,
    );
  }
  if (sync?.position !== undefined) {
    sentences.push(`Every change up to ${formatTime(sync.position.sourceTime)} is in the tables.`);
  }
  if (cutOverAt !== undefined) sentences.push(`The switch was recorded on ${formatTime(cutOverAt)}.`);
  const level = levelReached(facts);
  if (validation !== undefined && level !== undefined) {
    const when = `${validation.validatedAt.slice(0, 16).replace('T', ' ')} UTC`;
    sentences.push(`Source and target were last compared ${levelWords[level]}, on ${when}.`);
  }
  const verdict = (tone: RunVerdict['tone'], title: string): RunVerdict => ({ tone, title, sentences });
  if (validation?.verdict === 'mismatch') return verdict('bad', 'The copy differs from the source');
  if (state !== 'finished') return verdict('attention', stateTitles[state]);
  const stopped = sync?.collections.filter((collection) => collection.stopped !== undefined) ?? [];
  if (stopped.length > 0) {
    sentences.push(`Followed no more: ${stopped.map(({ collection }) => collection).join(', ')}.`);
    return verdict('attention', 'Not all collections are kept in step');
  }
  if (validation === undefined) {
    sentences.push('Nothing is known yet of what is in the tables: docrow validate compares both sides.');
    return verdict('attention', 'Loaded, and not compared yet');
  }
  if (validation.verdict === 'incomplete' || level === undefined) {
    sentences.push('What was looked at agrees, but not everything was looked at.');
    return verdict('attention', 'The comparison is not complete');
  }
  const left = notCompared(facts);
  if (left.length > 0) {
    sentences.push(`Not compared: ${left.join(', ')}.`);
    return verdict('attention', 'Not all collections were compared');
  }
  if (isStale(facts)) {
    sentences.push('The target was changed after that: docrow validate compares both sides again.');
    return verdict('attention', 'The comparison is older than the data');
  }
  const agree = level === 'counts' ? 'the counts agree' : 'both sides agree';
  if (level === 'counts') sentences.push('Values were not looked at: docrow validate does that.');
  return setAside
    ? verdict('attention', `What was loaded arrived, ${agree}, and some documents were set aside`)
    : verdict('good', `Everything arrived, and ${agree}`);
};

/** How much differs; undefined where no row was looked at. */
const faultSentence = ({ collections }: NonNullable<RunFacts['validation']>): string | undefined => {
  const tables = collections.flatMap((collection) => collection.tables);
  const sum = (kind: 'missing' | 'extra' | 'changed'): number =>
    tables.reduce((all, table) => all + table[kind], 0);
  const counts = [
    [sum('missing'), 'missing'],
    [sum('extra'), 'too many'],
    [sum('changed'), 'changed'],
  ] as const;
  const parts = counts.filter(([rows]) => rows > 0).map(([rows, words]) => `${formatCount(rows)} ${words}`);
  if (parts.length === 0) return undefined;
  const touched = tables.filter(({ missing, extra, changed }) => missing + extra + changed > 0).length;
  return `Rows: ${parts.join(', ')}, in ${formatCount(touched)} of ${formatCount(tables.length)} tables.`;
};

const stateTitles: Readonly<Record<Exclude<RunFacts['state'], 'finished'>, string>> = {
  running: 'The run is still working',
  interrupted: 'The run was interrupted; docrow migrate goes on from there',
  failed: 'The run stopped before its end',
};

/** The counts of the load are history once changes were followed; what is set aside now is not. */
const setAsideOf = ({ sync, totals, rejections }: RunFacts): number =>
  sync === undefined ? totals.rejected : rejections.reduce((sum, { documents }) => sum + documents, 0);

const notCompared = ({ collections, validation }: RunFacts): readonly string[] =>
  collections
    .map(({ collection }) => collection)
    .filter((name) => !validation?.collections.some(({ collection }) => collection === name));

const isStale = ({ validation, changedAt }: RunFacts): boolean =>
  validation !== undefined && changedAt !== undefined && validation.validatedAt < changedAt;
