import type { RunFacts } from './run-report.ts';
import type { ColumnAggregates, Difference, SideAggregates, ValidationReport } from './validation-report.ts';

type Comparison = Pick<ValidationReport, 'collections' | 'differences'>;

/**
 * A comparison that may be shown to anybody: instead of values of documents it says how long they are. Keys, `_id`s,
 * columns, kinds and counts stay, since nothing could be found without them.
 */
export const maskComparison = <T extends Comparison>(report: T): T => ({
  ...report,
  differences: report.differences.map(maskDifference),
  collections: report.collections.map((collection) =>
    collection.aggregates === undefined
      ? collection
      : { ...collection, aggregates: collection.aggregates.map(maskAggregates) },
  ),
});

/** The same for all that is known of a run. */
export const maskFacts = (facts: RunFacts): RunFacts => ({
  ...facts,
  validation: facts.validation && maskComparison(facts.validation),
});

const maskText = (text: string): string => {
  const length = [...text].length;
  return length === 0 ? '<empty>' : `<${length} ${length === 1 ? 'character' : 'characters'}>`;
};

const maskDifference = (difference: Difference): Difference => ({
  ...difference,
  ...(difference.expected === undefined ? {} : { expected: maskText(difference.expected) }),
  ...(difference.actual === undefined ? {} : { actual: maskText(difference.actual) }),
});

const maskAggregates = (column: ColumnAggregates): ColumnAggregates => ({
  ...column,
  expected: maskSide(column.expected),
  actual: maskSide(column.actual),
});

/** The sum of a column with one value is that value. */
const maskSide = ({ min, max, sum, ...counts }: SideAggregates): SideAggregates => ({
  ...counts,
  ...(min === undefined ? {} : { min: maskText(min) }),
  ...(max === undefined ? {} : { max: maskText(max) }),
  ...(sum === undefined ? {} : { sum: maskText(sum) }),
});
