import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareRowsDirectly, differenceLines } from '../../support/compare-rows-directly.ts';
import { migrateDirectly } from '../../support/migrate-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const settings = () => ({
  source: join(process.cwd(), 'samples/imagegen'),
  target: pipeline.uri,
  dir: process.cwd(),
});

describe('the sample', () => {
  test('has no difference after a load in which documents were set aside', async () => {
    const report = await migrateDirectly(settings());
    expect(report.totals.rejected).toBeGreaterThan(0);
    expect(report.collections).toHaveLength(3);
    for (const migrated of report.collections) {
      const { collection } = migrated;
      const outcome = await compareRowsDirectly(settings(), collection);
      expect({ collection, lines: differenceLines(outcome), notCovered: outcome.notCovered }).toEqual({
        collection,
        lines: [],
        notCovered: [],
      });
      expect(outcome.documents).toBe(migrated.read);
      for (const { table, expectedRows, actualRows } of outcome.tables) {
        expect({ table, expectedRows, actualRows }).toEqual({
          table,
          expectedRows: migrated.rows[table],
          actualRows: migrated.rows[table],
        });
      }
    }
  });
});
