import type { ObjectProfile } from '../profile.ts';
import type { FieldPlan } from './proposal.ts';

type ColumnPlan = Extract<FieldPlan, { kind: 'column' }>;
type ChildPlan = Extract<FieldPlan, { kind: 'child' }>;

/** PostgreSQL takes 1,600 columns; some are the key's and the rest's, and some are for later. */
const mostColumns = 1000;
/** A row has to fit a page of 8 kB when everything in it that can stand elsewhere does. */
const mostRowBytes = 6500;
const mostChildren = 60;

const fixedBytes: Readonly<Record<string, number>> = {
  smallint: 2,
  integer: 4,
  boolean: 1,
  bigint: 8,
  'double precision': 8,
  timestamptz: 8,
  uuid: 16,
};
/** A value that stands elsewhere leaves a pointer of 18 bytes; one up to about 24 stays where it is. */
const variableBytes = 24;

/**
 * The columns and child tables that a table gets. Where there are too many for PostgreSQL, those that the fewest
 * documents have are left to the rest column.
 * @param objects what the rows are made from, where no row can have all columns at once
 */
export function keepColumns(
  plans: readonly FieldPlan[],
  objects: Pick<ObjectProfile, 'maxFields'> | undefined,
): { readonly columns: readonly ColumnPlan[]; readonly children: readonly ChildPlan[] } {
  const columns = plans.filter((plan) => plan.kind === 'column');
  const children = plans.filter((plan) => plan.kind === 'child');
  return {
    columns: inOrder(columns, mostFrequent(columns, objects?.maxFields ?? Number.POSITIVE_INFINITY)),
    children: inOrder(children, new Set(byCount(children).slice(0, mostChildren))),
  };
}

function mostFrequent(columns: readonly ColumnPlan[], maxFields: number): ReadonlySet<ColumnPlan> {
  const isFlat = columns.every(({ path }) => path.length <= 1);
  const mostAtOnce = isFlat ? maxFields : Number.POSITIVE_INFINITY;
  const kept = new Set<ColumnPlan>();
  let bytes = 0;
  for (const column of byCount(columns)) {
    if (kept.size >= mostColumns) break;
    // The null bitmap has a bit per column.
    if (kept.size < mostAtOnce) bytes += (fixedBytes[column.choice.type] ?? variableBytes) + 1 / 8;
    if (bytes > mostRowBytes) break;
    kept.add(column);
  }
  return kept;
}

const byCount = <P extends FieldPlan>(plans: readonly P[]): readonly P[] =>
  plans.toSorted((a, b) => b.value.count - a.value.count);

const inOrder = <P>(all: readonly P[], kept: ReadonlySet<P>): readonly P[] =>
  all.filter((one) => kept.has(one));
