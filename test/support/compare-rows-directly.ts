import { loadSettings } from '../../src/config/load-settings.ts';
import type { RunEventListener } from '../../src/pipeline/run-event.ts';
import { openProject } from '../../src/resources/open-project.ts';
import { requireRun, withTarget } from '../../src/resources/open-target.ts';
import { withSource } from '../../src/resources/with-source.ts';
import { PostgresRowComparer } from '../../src/target/postgres/compare/postgres-row-comparer.ts';
import { compareRows, type RowsOutcome } from '../../src/validation/rows/compare-rows.ts';

export interface CompareRowsOptions {
  /** `_id`s of documents to be compared, as BSON documents `{_id: value}`; all when left out. */
  readonly ids?: AsyncIterable<readonly Uint8Array[]>;
  readonly signal?: AbortSignal;
  readonly onEvent?: RunEventListener;
  readonly pausesMs?: readonly number[];
}

/**
 * Compares the rows of a collection within this process.
 * @param options settings as on the command line: `source`, `target`, `dir` and others
 */
export async function compareRowsDirectly(
  options: Readonly<Record<string, unknown>>,
  collection: string,
  {
    ids,
    signal = new AbortController().signal,
    onEvent = () => undefined,
    pausesMs,
  }: CompareRowsOptions = {},
): Promise<RowsOutcome> {
  const settings = await loadSettings('migrate', options, {}, '/');
  const project = await openProject(settings);
  const mapping = project.allCollections.find((one) => one.collection === collection)!;
  return withSource(settings, (source) =>
    withTarget(settings, async (target) => {
      const run = await requireRun(target);
      const comparer = new PostgresRowComparer(target.uri, run.schema);
      const { store, schema } = target;
      const { transformsOf } = project;
      const parts = { source, store, schema, comparer, run, transformsOf, signal, onEvent };
      try {
        return await compareRows(
          { ...parts, ...(pausesMs === undefined ? {} : { pausesMs }) },
          mapping,
          ids ?? 'all',
        );
      } finally {
        await comparer.close();
      }
    }),
  );
}

/** `kind table key column: expected -> actual` of each difference, in the order of that text. */
export const differenceLines = ({ differences }: RowsOutcome): readonly string[] =>
  differences
    .map(({ kind, table, key, column, expected = 'NULL', actual = 'NULL' }) => {
      const row = `${kind} ${table} ${Object.values(key).join(' ')}`;
      return column === undefined ? row.trim() : `${row} ${column}: ${expected} -> ${actual}`;
    })
    .sort();
