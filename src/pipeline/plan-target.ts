import {
  type CheckpointStore,
  type CollectionRecord,
  type RunRecord,
  rowsOf,
} from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { MissingPrivilege, PlannedTable } from '../report/plan-report.ts';
import { type DocumentSource, isSameSource } from '../source/document-source.ts';
import type { TargetProbe } from '../target/target-probe.ts';
import type { FoundTables, TargetSchema } from '../target/target-schema.ts';
import { requireAppendable } from './require-appendable.ts';

/** A target to be asked. Nothing in it is changed. */
export interface AskedTarget {
  readonly schema: TargetSchema;
  readonly store: CheckpointStore;
  readonly probe: TargetProbe;
  isLocked(): Promise<boolean>;
}

export interface TargetState {
  readonly tables: readonly PlannedTable[];
  readonly run: string | undefined;
  /** The run is of this source, and has loaded all these collections. */
  readonly isFinished: boolean;
  readonly privileges: readonly MissingPrivilege[];
  /** What stands in the way of a load. */
  readonly obstacles: readonly { readonly location: string | undefined; readonly error: DocrowError }[];
}

/** Looks at what a load would find in the target. @throws DocrowError when the target cannot be asked */
export async function lookAtTarget(
  target: AskedTarget,
  source: DocumentSource,
  schema: string,
  collections: readonly CollectionMapping[],
  mayAppend: boolean,
): Promise<TargetState> {
  const obstacles: { location: string | undefined; error: DocrowError }[] = [];
  const lacking = await target.probe.lackingPrivileges(schema, collections);
  const privileges = lacking.map((privilege) => ({ side: 'target' as const, ...privilege }));
  if (lacking.length > 0) {
    const message = `The role lacks ${lacking.length === 1 ? 'a privilege' : `${lacking.length} privileges`} in the target`;
    obstacles.push({ location: undefined, error: new DocrowError('target-denied', message) });
  }
  if (await target.isLocked()) {
    const message = 'A run works on the target at this moment';
    obstacles.push({ location: undefined, error: new DocrowError('run-locked', message) });
  }
  const run = await tryTo(() => latestRun(target.store), undefined, obstacles);
  const isOwn = run !== undefined && isSameSource(run.record.identity, await source.identity());
  // What another source may not be added to is all that there is to say of its tables.
  const known = isOwn || !mayAppend ? (run?.collections ?? []) : [];
  if (isOwn) obstacles.push(...runObstacles(run, schema, collections));
  else if (run !== undefined) obstacles.push(...(await otherSource(run, source, mayAppend)));
  const tables: PlannedTable[] = [];
  for (const mapping of collections) {
    const record = known.find(({ collection }) => collection === mapping.collection);
    if (record !== undefined) {
      tables.push(...mapping.tables.map(({ name }) => ({ table: name, state: 'loaded' as const })));
      continue;
    }
    try {
      const found = await target.schema.inspectTables(mapping, mayAppend);
      for (const { name } of mapping.tables) tables.push({ table: name, state: stateOf(name, found) });
    } catch (error) {
      if (!(error instanceof DocrowError)) throw error;
      const isAnswer = error.code === 'target-not-empty' || error.code === 'target-table-differs';
      if (!isAnswer && error.code !== 'target-denied') throw error;
      const state = isAnswer ? 'unusable' : 'unknown';
      tables.push(...mapping.tables.map(({ name }) => ({ table: name, state }) as const));
      obstacles.push({ location: mapping.collection, error });
    }
  }
  return {
    tables,
    run: run === undefined ? undefined : describeRun(run, isOwn, mayAppend),
    isFinished: isOwn && hasAll(run, collections),
    privileges,
    obstacles,
  };
}

interface FoundRun {
  readonly record: RunRecord;
  readonly collections: readonly CollectionRecord[];
  readonly earlier: readonly RunRecord[];
}

const hasAll = ({ collections: known }: FoundRun, collections: readonly CollectionMapping[]): boolean =>
  collections.every(({ collection }) =>
    known.some((record) => record.collection === collection && record.status === 'done'),
  );

function stateOf(table: string, { missing, rowsBefore }: FoundTables): PlannedTable['state'] {
  if (missing.includes(table)) return 'missing';
  return rowsOf(rowsBefore, table) > 0 ? 'appended' : 'empty';
}

async function latestRun(store: CheckpointStore): Promise<FoundRun | undefined> {
  const [record, ...earlier] = (await store.exists()) ? await store.runs() : [];
  if (record === undefined) return undefined;
  const collections = await store.collections(record.runId);
  return collections.length === 0 ? undefined : { record, collections, earlier };
}

/** A role without privileges is already told which ones it lacks. */
async function tryTo<T>(
  work: () => Promise<T>,
  otherwise: T,
  obstacles: { location: string | undefined; error: DocrowError }[],
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      !(error instanceof DocrowError) ||
      (error.code !== 'target-denied' && error.code !== 'state-too-new')
    ) {
      throw error;
    }
    obstacles.push({ location: undefined, error });
    return otherwise;
  }
}

function describeRun({ record, collections }: FoundRun, isOwn: boolean, mayAppend: boolean): string {
  const names = collections.map(({ collection }) => collection).join(', ');
  if (!isOwn) {
    const found = `The target holds run ${record.runId} of ${names}, from another source (database ${record.identity.database})`;
    return mayAppend
      ? `${found}; migrate begins a run of its own, which appends to its tables`
      : `${found}; --on-existing append adds this one to its tables, --fresh drops them`;
  }
  if (record.status === 'done') {
    return `The target holds the finished run ${record.runId} of ${names}; migrate does nothing for these without --fresh`;
  }
  return `The target holds the unfinished run ${record.runId} of ${names}; migrate goes on with it`;
}

/** What keeps a source from coming to the tables of the run that another one made. */
async function otherSource(
  { record, collections, earlier }: FoundRun,
  source: DocumentSource,
  mayAppend: boolean,
): Promise<TargetState['obstacles']> {
  try {
    requireAppendable(record, earlier, collections, await source.identity(), mayAppend);
    return [];
  } catch (error) {
    if (!(error instanceof DocrowError)) throw error;
    return [{ location: undefined, error }];
  }
}

function runObstacles(
  { record, collections: known }: FoundRun,
  schema: string,
  collections: readonly CollectionMapping[],
): TargetState['obstacles'] {
  const obstacles: { location: string | undefined; error: DocrowError }[] = [];
  if (record.schema !== schema) {
    const message = `The tables of the run in the target are in schema ${record.schema}, and now they are to be in ${schema}`;
    obstacles.push({ location: undefined, error: new DocrowError('mapping-changed', message) });
  }
  for (const { collection, file, fingerprint } of collections) {
    const before = known.find((one) => one.collection === collection);
    if (before === undefined || before.fingerprint === fingerprint) continue;
    const error = new DocrowError(
      'mapping-changed',
      'The mapping has changed since the run in the target began',
    );
    obstacles.push({ location: file, error });
  }
  return obstacles;
}
