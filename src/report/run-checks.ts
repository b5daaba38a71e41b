import { differenceText } from './difference-text.ts';
import type { RunCollection, RunFacts } from './run-report.ts';
import { formatCount, formatDocuments, formatTime } from './text/quantities.ts';
import type { CollectionComparison, Difference, TableComparison } from './validation-report.ts';

/** One thing that was looked at, and what came out. */
export interface RunCheck {
  readonly collection: string;
  readonly name: string;
  /** `skipped`: it was not looked at, or is not settled yet. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Sentences or lines that say why; may be empty where it passed. */
  readonly details: readonly string[];
}

const shownDifferences = 100;

/** Everything that was checked about a run, collection by collection. */
export const runChecks = (facts: RunFacts): readonly RunCheck[] =>
  facts.collections.flatMap((collection) => {
    const comparison = facts.validation?.collections.find(
      (each) => each.collection === collection.collection,
    );
    return [
      equation(collection),
      ...(comparison === undefined
        ? [notCompared(collection)]
        : [
            ...sourceCount(collection, comparison, facts),
            ...comparison.tables.map((table) => rowCount(collection, table, facts)),
            content(collection, comparison, facts),
            losses(collection, comparison, facts),
          ]),
      ...built(collection),
      ...keptInStep(collection, facts),
    ];
  });

const check = (
  { collection }: RunCollection,
  name: string,
  outcome: RunCheck['outcome'],
  details: readonly string[] = [],
): RunCheck => ({ collection, name, outcome, details });

const equation = (collection: RunCollection): RunCheck => {
  const { read, loaded, rejected, filtered, state, ranges } = collection;
  const name = 'every document that was read is loaded, set aside or filtered';
  const counts = `${formatCount(read)} read = ${formatCount(loaded)} loaded + ${formatCount(rejected)} set aside + ${formatCount(filtered)} filtered`;
  if (read !== loaded + rejected + filtered) return check(collection, name, 'failed', [`Not so: ${counts}`]);
  if (state === 'stopped') return check(collection, name, 'failed', [counts, 'The collection stopped.']);
  if (state === 'loading') {
    return check(collection, name, 'skipped', [
      counts,
      `${ranges.done} of ${ranges.total} ranges are read to their end.`,
    ]);
  }
  return check(collection, name, 'passed', [counts]);
};

const notCompared = (collection: RunCollection): RunCheck =>
  check(collection, 'source and target agree', 'skipped', ['The two sides were not compared.']);

/** A fault is one only where the comparison as a whole came to differences: elsewhere it is on its way. */
const faultOutcome = ({ validation }: RunFacts): RunCheck['outcome'] =>
  validation?.verdict === 'mismatch' ? 'failed' : 'skipped';

const sourceCount = (
  collection: RunCollection,
  { documents }: CollectionComparison,
  facts: RunFacts,
): readonly RunCheck[] => {
  // What was read is history once documents came and went since.
  if (facts.sync !== undefined) return [];
  const name = 'the source holds as many documents as were read';
  const words = `${formatDocuments(documents)} in the source, ${formatCount(collection.read)} read`;
  return [check(collection, name, documents === collection.read ? 'passed' : faultOutcome(facts), [words])];
};

const rowCount = (
  collection: RunCollection,
  { table, expectedRows, actualRows }: TableComparison,
  facts: RunFacts,
): RunCheck =>
  check(
    collection,
    `table ${table} holds as many rows as it should`,
    expectedRows === actualRows ? 'passed' : faultOutcome(facts),
    [`${formatCount(expectedRows)} expected, ${formatCount(actualRows)} found`],
  );

const contentNames = {
  counts: 'content was compared by counts alone',
  digests: 'digests of all rows agree',
  rows: 'rows agree, value by value',
  documents: 'documents made again from their rows agree',
} as const;

const content = (collection: RunCollection, comparison: CollectionComparison, facts: RunFacts): RunCheck => {
  const name = contentNames[comparison.level];
  const own = differencesOf(collection, facts).filter(({ kind }) => kind !== 'undeclared-loss');
  const counts = comparison.tables
    .filter(({ missing, extra, changed }) => missing + extra + changed > 0)
    .map(
      ({ table, missing, extra, changed }) =>
        `${table}: ${formatCount(missing)} missing, ${formatCount(extra)} too many, ${formatCount(changed)} changed`,
    );
  if (own.length > 0 || counts.length > 0) {
    return check(collection, name, faultOutcome(facts), [...counts, ...differenceLines(own)]);
  }
  if (comparison.notCovered.length > 0) return check(collection, name, 'skipped', comparison.notCovered);
  if (comparison.level === 'counts') {
    return check(collection, name, 'skipped', ['Values were not looked at; docrow validate does.']);
  }
  return check(collection, name, 'passed');
};

const losses = (
  collection: RunCollection,
  { roundTrip }: CollectionComparison,
  facts: RunFacts,
): RunCheck => {
  const name = 'nothing is lost that is not declared';
  const own = differencesOf(collection, facts).filter(({ kind }) => kind === 'undeclared-loss');
  if (own.length > 0 || (roundTrip?.undeclared ?? 0) > 0) {
    const documents = roundTrip === undefined ? [] : [`${formatDocuments(roundTrip.undeclared)} differ`];
    return check(collection, name, faultOutcome(facts), [...documents, ...differenceLines(own)]);
  }
  if (roundTrip === undefined) {
    return check(collection, name, 'skipped', ['docrow validate --level documents looks at this.']);
  }
  const words = `${formatDocuments(roundTrip.equal)} as they were, ${formatCount(roundTrip.declared)} with declared losses alone`;
  return check(collection, name, 'passed', [words]);
};

const differencesOf = ({ collection }: RunCollection, { validation }: RunFacts): readonly Difference[] =>
  validation?.differences.filter((difference) => difference.collection === collection) ?? [];

const differenceLines = (differences: readonly Difference[]): readonly string[] => {
  const lines = differences.slice(0, shownDifferences).map(differenceText);
  const more = differences.length - lines.length;
  return more > 0 ? [...lines, `… and ${formatCount(more)} more`] : lines;
};

/** Whether changes of the collection are followed, where those of the run are. */
const keptInStep = (collection: RunCollection, { sync }: RunFacts): readonly RunCheck[] => {
  const state = sync?.collections.find((each) => each.collection === collection.collection);
  if (sync?.position === undefined && state?.stopped === undefined) return [];
  const name = 'its changes are followed';
  if (state?.stopped !== undefined) return [check(collection, name, 'failed', [state.stopped.reason])];
  const { sourceTime } = sync!.position!;
  return [
    check(collection, name, 'passed', [`Every change up to ${formatTime(sourceTime)} is in the tables`]),
  ];
};

/** One check per table that has something to build. */
const built = (collection: RunCollection): readonly RunCheck[] => {
  const tables = [...new Set(collection.steps.map(({ table }) => table))];
  return tables.map((table) => {
    const open = collection.steps.filter((step) => step.table === table && !step.isDone);
    return check(
      collection,
      `keys, indexes and constraints of table ${table} are built`,
      open.length === 0 ? 'passed' : collection.state === 'stopped' ? 'failed' : 'skipped',
      open.map(({ step }) => `Not built: ${step}`),
    );
  });
};
