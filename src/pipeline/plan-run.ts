import { type CollectionEncoder, compileCollection } from '../encoding/compile-collection.ts';
import { memoryOf } from '../encoding/memory.ts';
import { combineExitCodes } from '../errors/combine-exit-codes.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { exitCodes } from '../errors/error-codes.ts';
import { compileFilter } from '../filtering/compile-filter.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import type { MissingPrivilege, PlanReport } from '../report/plan-report.ts';
import type { DocumentBatch, DocumentSource } from '../source/document-source.ts';
import { changeHistory } from './plan-change-history.ts';
import { type ExaminedCollection, examineCollection } from './plan-collection.ts';
import { planCosts } from './plan-costs.ts';
import type { AddColumn } from './plan-new-fields.ts';
import { describeCollection, scaleOf } from './plan-projection.ts';
import { type AskedTarget, lookAtTarget, type TargetState } from './plan-target.ts';
import type { RunEventListener } from './run-event.ts';

export interface PlanParts {
  readonly source: DocumentSource;
  /** The target, why there is none to ask, or what went wrong with it. */
  readonly target: AskedTarget | DocrowError | undefined;
  readonly collections: readonly CollectionMapping[];
  readonly transformsOf: (collection: CollectionMapping) => ReadonlyMap<string, Transform>;
  readonly ddl: string;
  /** Schema of the target's tables. */
  readonly schema: string;
  readonly workers: number;
  readonly maxRejects: number;
  readonly mayAppend: boolean;
  readonly sample: number | undefined;
  readonly addColumn: AddColumn;
  readonly notes: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: RunEventListener;
}

type Obstacle = TargetState['obstacles'][number];

const unasked: TargetState = { tables: [], run: undefined, isFinished: false, privileges: [], obstacles: [] };

/** The encoder learns the usual order of keys from so many documents. */
const sampleDocuments = 200;

/**
 * Finds out what a migration would do, cost and lose, by reading and encoding the documents and asking the target.
 * Nothing is written but temporary tables, which are rolled back.
 * @throws DocrowError `interrupted`; what the source throws, but for the damage of a file
 */
export async function planRun(parts: PlanParts): Promise<PlanReport> {
  const { source, target, collections, schema, mayAppend } = parts;
  const obstacles: Obstacle[] = [];
  const privileges: MissingPrivilege[] = [];
  let state = unasked;
  if (target instanceof DocrowError) obstacles.push({ location: undefined, error: target });
  else if (target !== undefined) {
    state = await lookAtTarget(target, source, schema, collections, mayAppend);
    obstacles.push(...state.obstacles);
    privileges.push(...state.privileges);
  }
  const examined = await examineAll(parts, obstacles, privileges);
  const probe = target instanceof DocrowError ? undefined : target?.probe;
  const { time, disk } = await planCosts(examined, probe, parts.workers, scaleOf);
  const history = await changeHistory(source, time.seconds);
  if (history.privilege !== undefined) privileges.push(history.privilege);
  return report(parts, { obstacles, privileges, state, examined, time, disk, history });
}

async function examineAll(
  parts: PlanParts,
  obstacles: Obstacle[],
  privileges: MissingPrivilege[],
): Promise<readonly ExaminedCollection[]> {
  const { source, collections, sample, signal, onEvent, transformsOf } = parts;
  const runTime = new Date();
  const examined: ExaminedCollection[] = [];
  try {
    const listed = await source.listCollections();
    const hasMadeIds = (await source.identity()).kind === 'export';
    for (const mapping of collections) {
      const found = listed.find(({ name }) => name === mapping.collection);
      if (found === undefined) {
        const message = 'The source has no such collection';
        const error = new DocrowError('source-not-found', message, { collection: mapping.collection });
        obstacles.push({ location: mapping.file, error });
        continue;
      }
      const createEncoder = (batch: DocumentBatch): CollectionEncoder => {
        const input = memoryOf(batch.bytes, batch.view);
        const starts = batch.starts.subarray(0, Math.min(batch.count, sampleDocuments));
        return compileCollection({
          mapping,
          runTime,
          transforms: transformsOf(mapping),
          filter: mapping.where === undefined ? undefined : compileFilter(mapping.where, mapping.file),
          samples: Array.from(starts, (start) => ({ input, start })),
        });
      };
      const one = await examineCollection({
        source,
        mapping,
        found,
        createEncoder,
        sample,
        signal,
        onEvent,
        hasMadeIds,
      });
      if (one.stoppedBy !== undefined) obstacles.push({ location: mapping.collection, error: one.stoppedBy });
      examined.push(one);
    }
  } catch (error) {
    if (!(error instanceof DocrowError) || error.code !== 'source-denied') throw error;
    const { database } = await source.identity();
    obstacles.push({ location: undefined, error });
    privileges.push({
      side: 'source',
      purpose: 'read the collections',
      statement: `the role read on database ${database}`,
    });
  }
  return examined;
}

interface Findings {
  readonly obstacles: readonly Obstacle[];
  readonly privileges: readonly MissingPrivilege[];
  readonly state: TargetState;
  readonly examined: readonly ExaminedCollection[];
  readonly time: PlanReport['time'];
  readonly disk: PlanReport['disk'];
  readonly history: Awaited<ReturnType<typeof changeHistory>>;
}

function report(parts: PlanParts, findings: Findings): PlanReport {
  const { obstacles, state, examined } = findings;
  const collections = examined.map((one) => describeCollection(one, parts.addColumn, state.tables));
  const sum = (of: (collection: (typeof collections)[number]) => number): number =>
    collections.reduce((total, one) => total + of(one), 0);
  const rejected = sum((one) => one.rejected);
  const hasLosses = collections.some(({ declaredLosses }) => declaredLosses.length > 0);
  const reasons = [...new Set(obstacles.map(({ error }) => error.message))];
  if (rejected > parts.maxRejects) {
    reasons.push(`More documents would be set aside than --max-rejects allows (${parts.maxRejects})`);
  }
  return {
    command: 'plan',
    verdict: reasons.length > 0 ? 'not ready' : hasLosses ? 'ready, with losses declared' : 'ready',
    reasons,
    exitCode: combineExitCodes([
      ...obstacles.map(({ error }) => error.policy.exitCode),
      rejected > parts.maxRejects ? exitCodes.rejected : exitCodes.done,
    ]),
    isSample: examined.some(({ isSample }) => isSample),
    collections,
    totals: {
      read: sum((one) => one.read),
      loaded: sum((one) => one.loaded),
      rejected,
      filtered: sum((one) => one.filtered),
      rows: sum((one) => Object.values(one.rows).reduce((rows, count) => rows + count, 0)),
      bytes: sum((one) => one.bytes),
    },
    ddl: parts.ddl,
    tables: state.tables,
    run: state.run,
    nothingToDo: state.isFinished,
    privileges: findings.privileges,
    time: findings.time,
    disk: findings.disk,
    changeHistory: findings.history.found,
    notes: [
      ...parts.source.notices(),
      ...parts.notes,
      ...[findings.history.note].filter((note) => note !== undefined),
    ],
    errors: obstacles.map(({ location, error }) => ({
      code: error.code,
      message: error.message,
      hint: error.remedy,
      location,
    })),
  };
}
