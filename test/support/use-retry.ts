import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RetryOptions } from '../../src/pipeline/use-cases.ts';
import type { RetryReport } from '../../src/report/retry-report.ts';
import { createProject, mappingYaml } from './bson-dump.ts';
import { retryDirectly } from './retry-directly.ts';
import { type Pipeline, usePipeline } from './use-pipeline.ts';

/** Columns of the collection `items` that the tests of retries begin with. */
export const idColumn = 'id: { from: _id, type: text, convert: ejson }';
export const numberColumn = (more = ''): string => `n: { from: n, type: integer${more} }`;

/** Fifty documents of which ten have a text where `numberColumn` wants a number. */
const mixedItems = Array.from({ length: 50 }, (_, index) => ({
  _id: index,
  n: index % 5 === 0 ? `text ${index}` : index,
}));

export interface RetryPipeline extends Pipeline {
  retry(options?: RetryOptions, more?: Readonly<Record<string, unknown>>): Promise<RetryReport>;
  /** Makes a project of the one collection `items`. */
  createItems(columns: readonly string[], documents?: readonly object[]): void;
  /** Edits a mapping: `items` unless another one is named. */
  edit(columns: readonly string[], more?: readonly string[], collection?: string): void;
  /** What a migration says in the end about a run that was retried. */
  expectFinished(counts: object, exitCode?: number): Promise<void>;
}

/** Registers the hooks of a test file that retries rejections in PostgreSQL. */
export function useRetry(): RetryPipeline {
  const pipeline = usePipeline();
  return Object.assign(pipeline, {
    retry: (options: RetryOptions = {}, more: Readonly<Record<string, unknown>> = {}) =>
      retryDirectly({ target: pipeline.uri, dir: pipeline.project.dir, ...more }, options),
    createItems: (columns: readonly string[], documents: readonly object[] = mixedItems) => {
      pipeline.project = createProject(
        { 'mappings/items.yaml': mappingYaml({ collection: 'items', columns }) },
        { items: documents },
      );
    },
    edit: (columns: readonly string[], more: readonly string[] = [], collection = 'items') => {
      const file = join(pipeline.project.dir, 'mappings', `${collection}.yaml`);
      writeFileSync(file, mappingYaml({ collection, columns, more }));
    },
    expectFinished: async (counts: object, exitCode = 0) => {
      expect(await pipeline.migrate()).toMatchObject({
        exitCode,
        nothingToDo: true,
        totals: counts,
        validation: { verdict: 'match' },
      });
    },
  });
}
