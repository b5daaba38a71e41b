import type { RunFacts } from './run-report.ts';
import { formatDocuments } from './text/quantities.ts';
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
  const { validation, totals, state } = facts;
  const sentences: string[] = [];
  const setAside = totals.rejected > 0;
  if (setAside) {
    sentences.push(
      `${formatDocuments(totals.rejected)} ${totals.rejected === 1 ? 'was' : 'were'} set aside and kept whole, each with its reason.`,
    );
  }
  const level = levelReached(facts);
  if (validation !== undefined && level !== undefined) {
    const when = `${validation.validatedAt.slice(0, 16).replace('T', ' ')} UTC`;
    sentences.push(`Source and target were last compared ${levelWords[level]}, on ${when}.`);
  }
  const verdict = (tone: RunVerdict['tone'], title: string): RunVerdict => ({ tone, title, sentences });
  if (validation?.verdict === 'mismatch') return verdict('bad', 'The copy differs from the source');
  if (state !== 'finished') return verdict('attention', stateTitles[state]);
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

const stateTitles: Readonly<Record<Exclude<RunFacts['state'], 'finished'>, string>> = {
  running: 'The run is still working',
  interrupted: 'The run was interrupted; docrow migrate goes on from there',
  failed: 'The run stopped before its end',
};

const notCompared = ({ collections, validation }: RunFacts): readonly string[] =>
  collections
    .map(({ collection }) => collection)
    .filter((name) => !validation?.collections.some(({ collection }) => collection === name));

const isStale = ({ validation, changedAt }: RunFacts): boolean =>
  validation !== undefined && changedAt !== undefined && validation.validatedAt < changedAt;
