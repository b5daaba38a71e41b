import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { author, book, libraryProject, many } from '../../support/library-project.ts';
import { syncDirectly, validateRunDirectly } from '../../support/sync-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const program = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** Runs the command line from its sources, killed at a point. @returns the signal that ended it */
async function syncKilledAt(failPoint: string, args: readonly string[]): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, 'sync', '--json', '--dir', pipeline.project.dir, ...args],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DOCROW_TARGET: pipeline.uri,
        DOCROW_FAIL_POINT: failPoint,
      },
      stdio: 'ignore',
    },
  );
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return signal;
}

test('killed anywhere, a comparison with a newer dump is begun again and ends as if nothing had been', async () => {
  pipeline.project = libraryProject(
    many(20, (id) => author(id)),
    many(6_000, (n) => book(n)),
  );
  expect(await pipeline.migrate()).toMatchObject({ exitCode: 0 });
  const newer = libraryProject(
    many(21, (id) => author(id)).filter(({ _id }) => _id !== 7),
    many(6_100, (n) => book(n, n % 3 === 0 ? { pages: -n, tags: [] } : {})).filter(
      ({ author: by }) => by !== 7,
    ),
  );
  try {
    for (const failPoint of ['mid-sync:1', 'mid-sync:2', 'after-sync:1']) {
      expect(await syncKilledAt(failPoint, ['--once', '--full', '--source', newer.source])).toBe('SIGKILL');
      await expect(
        validateRunDirectly({
          source: pipeline.project.source,
          target: pipeline.uri,
          dir: pipeline.project.dir,
        }),
      ).rejects.toMatchObject({ code: 'source-changed' });
    }
    const place = { source: newer.source, target: pipeline.uri, dir: pipeline.project.dir };
    expect(await syncDirectly(place, { kind: 'full' })).toMatchObject({ exitCode: 0 });
    const compared = await compareCopy(pipeline.project.dir, join(newer.source, 'shop'), pipeline.uri);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(await validateRunDirectly({ ...place, level: 'digests' })).toMatchObject({ verdict: 'match' });
    expect(await syncDirectly(place, { kind: 'full' })).toMatchObject({ totals: { rows: 0 } });
  } finally {
    newer.remove();
  }
});

test('killed before its mark has moved, a re-sync by a field reads the same documents again', async () => {
  const old = many(3_000, (n) => book(n));
  pipeline.project = libraryProject(
    many(20, (id) => author(id)),
    old,
  );
  await pipeline.migrate();
  const place = { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir };
  const by = { kind: 'cursor', field: 'changed', overlapSeconds: 4_000, findDeletes: false } as const;
  await syncDirectly(place, by);
  await pipeline.query('update books set pages = 0 where pages > 2000');
  const marks = () => pipeline.values('select cursor_text from docrow.sync_collection order by collection');
  const before = await marks();
  const args = ['--once', '--cursor', 'changed', '--overlap', '4000s', '--source', place.source];
  for (const failPoint of ['mid-sync:1', 'mid-sync:2']) {
    expect(await syncKilledAt(failPoint, args)).toBe('SIGKILL');
    expect(await marks()).toEqual(before);
  }
  expect(await syncDirectly(place, by)).toMatchObject({ exitCode: 0, totals: { read: 3_020, changed: 999 } });
  expect(await validateRunDirectly({ ...place, level: 'digests' })).toMatchObject({ verdict: 'match' });
});
