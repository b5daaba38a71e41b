import { writeFileSync } from 'node:fs';
import type { Document } from 'bson';
import { expect } from 'vitest';
import type { PlannedDocument } from '../../src/pipeline/refresh/plan-refresh.ts';
import type { RefreshOptions, RefreshOutcome } from '../../src/pipeline/refresh/refresh-parts.ts';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { bsonOf, createProject } from './bson-dump.ts';
import {
  type DirectBatch,
  idsOf,
  planRefreshDirectly,
  refreshBatchesDirectly,
  refreshDirectly,
} from './refresh-directly.ts';
import { readTarget, type TargetContent } from './target-content.ts';
import { type Pipeline, usePipeline } from './use-pipeline.ts';
import { validateDirectly } from './validate-directly.ts';

export interface RefreshPipeline extends Pipeline {
  /** Makes a project and loads it. */
  load(
    mappings: Readonly<Record<string, string>>,
    documents: Readonly<Record<string, readonly Document[]>>,
    exitCode?: number,
  ): Promise<void>;
  /** Writes the documents of a collection that the source has from now on. */
  change(collection: string, documents: readonly Document[]): void;
  refresh(
    collection: string,
    ids: readonly unknown[],
    options?: Partial<RefreshOptions>,
  ): Promise<RefreshOutcome>;
  /** Brings documents of several collections in step in one transaction, or in one after the other. */
  refreshBatches(
    ...batches: readonly (Omit<DirectBatch, 'ids'> & {
      readonly ids: Readonly<Record<string, readonly unknown[]>>;
    })[]
  ): Promise<readonly Readonly<Record<string, RefreshOutcome>>[]>;
  plan(collection: string, ids: readonly unknown[]): Promise<readonly PlannedDocument[]>;
  /** The counts of the run, compared with both sides. */
  validateCounts(): Promise<ValidationReport>;
  /** Tables, rejections and document keys of the target as it is, and as a load of the source now makes them. */
  expectAsFresh(tables: readonly string[]): Promise<void>;
  /** `table key xmin` of each row. */
  versions(tables: readonly string[]): Promise<readonly string[]>;
}

type Rows = Pick<TargetContent, 'tables' | 'rejections' | 'documentKeys'>;

const rowsOf = ({ tables, rejections, documentKeys }: TargetContent): Rows => ({
  tables,
  rejections,
  documentKeys,
});

/** Registers the hooks of a test file that brings documents in step in PostgreSQL. */
export function useRefresh(): RefreshPipeline {
  const pipeline = usePipeline();
  const place = () => ({
    uri: pipeline.uri,
    dir: pipeline.project.dir,
    source: pipeline.project.source,
  });
  return Object.assign(pipeline, {
    load: async (
      mappings: Readonly<Record<string, string>>,
      documents: Readonly<Record<string, readonly Document[]>>,
      exitCode = 0,
    ) => {
      const files = Object.entries(mappings).map(([name, text]) => [`mappings/${name}.yaml`, text] as const);
      pipeline.project = createProject(Object.fromEntries(files), documents);
      expect(await pipeline.migrate()).toMatchObject({ exitCode, validation: { verdict: 'match' } });
    },
    change: (collection: string, documents: readonly Document[]) =>
      writeFileSync(pipeline.project.file(collection), bsonOf(documents)),
    refresh: (collection: string, ids: readonly unknown[], options: Partial<RefreshOptions> = {}) =>
      refreshDirectly(place(), collection, idsOf(ids), options),
    refreshBatches: (
      ...batches: readonly (Omit<DirectBatch, 'ids'> & {
        readonly ids: Readonly<Record<string, readonly unknown[]>>;
      })[]
    ) =>
      refreshBatchesDirectly(
        place(),
        batches.map(({ ids, ...batch }) => {
          const own = Object.entries(ids).map(([name, values]) => [name, idsOf(values)] as const);
          return { ...batch, ids: Object.fromEntries(own) };
        }),
      ),
    plan: (collection: string, ids: readonly unknown[]) =>
      planRefreshDirectly(place(), collection, idsOf(ids)),
    validateCounts: () =>
      validateDirectly({
        source: pipeline.project.source,
        target: pipeline.uri,
        dir: pipeline.project.dir,
      }),
    expectAsFresh: async (tables: readonly string[]) => {
      const found = rowsOf(await readTarget(pipeline.uri, tables));
      await pipeline.query('drop schema docrow cascade; drop schema public cascade; create schema public');
      await pipeline.migrate();
      expect(found).toEqual(rowsOf(await readTarget(pipeline.uri, tables)));
    },
    versions: async (tables: readonly string[]) => {
      const lines: unknown[] = [];
      for (const table of tables) {
        lines.push(
          ...(await pipeline.values(`select '${table} ' || ctid || ' ' || xmin from "${table}" order by 1`)),
        );
      }
      return lines.map(String);
    },
  });
}
