import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { CutoverOptions } from '../../../src/pipeline/use-cases.ts';
import type { CutoverCheckName, CutoverReport } from '../../../src/report/cutover-report.ts';
import { cutover } from '../../../src/resources/cutover.ts';
import { bookId } from '../../support/library-project.ts';
import { createControl, migrateDirectly } from '../../support/migrate-directly.ts';
import { type MongoServer, startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { repairDirectly } from '../../support/repair-directly.ts';
import { syncDirectly } from '../../support/sync-directly.ts';
import { useLiveLibrary } from '../../support/use-live-library.ts';

const server: MongoServer | undefined = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('cutover', () => {
  const library = useLiveLibrary(server);
  const { pipeline, db } = library;

  const run = async (more: Partial<CutoverOptions> = {}): Promise<CutoverReport> => {
    const settings = await loadSettings('cutover', { workers: '1', ...library.options }, {}, '/');
    const asked = { check: true, validate: true, timeoutSeconds: 20, ...more };
    return cutover(settings, asked, createControl());
  };
  const failed = ({ checks }: CutoverReport): readonly CutoverCheckName[] =>
    checks.flatMap(({ name, state }) => (state === 'failed' ? [name] : []));

  it('finds a run ready that is loaded, compared and has no change outstanding', async () => {
    await pipeline.query('analyze');
    const report = await run();
    expect(failed(report)).toEqual([]);
    expect(report).toMatchObject({ mode: 'check', verdict: 'ready', exitCode: 0 });
    expect(report.position?.sourceTime).toMatch(/^\d{4}-/);
  });

  it('says how far it is behind, and compares anew once it has caught up', async () => {
    await db.collection('books').updateOne({ _id: bookId(1) }, { $set: { pages: 999 } });
    const behind = await run();
    expect(behind).toMatchObject({ verdict: 'not-ready', exitCode: 5 });
    expect(failed(behind)).toContain('caught-up');
    await syncDirectly(library.options);
    expect(failed(await run({ validate: false }))).toContain('validated');
    expect(failed(await run())).toEqual([]);
  });

  it('says that a collection is gone, which nothing can be compared with', async () => {
    await pipeline.query('delete from docrow.validation');
    await db.collection('books').drop();
    expect(await syncDirectly(library.options)).toMatchObject({ exitCode: 5 });
    const report = await run();
    expect(report).toMatchObject({ verdict: 'not-ready', exitCode: 5 });
    expect(failed(report)).toEqual(expect.arrayContaining(['collections-followed', 'validated']));
  });

  it('names what is wrong with the tables', async () => {
    await pipeline.query(`
      alter table books drop constraint books_author_id_fkey;
      alter table authors drop constraint authors_name_key;
      alter table authors add constraint positive check (id >= 0) not valid;
      create sequence public.next_author owned by authors.id;
      alter table authors alter id set default nextval('public.next_author')`);
    const report = await run();
    expect(failed(report)).toEqual(expect.arrayContaining(['constraints', 'sequences']));
    const details = report.checks.map(({ detail }) => detail).join('\n');
    expect(details).toContain('books_author_id_fkey is missing');
    expect(details).toContain('positive is not validated');
    expect(details).toContain('next_author');
  });

  it('goes by no comparison that somebody else’s writes, or a repair, came after', async () => {
    await pipeline.query('analyze');
    expect(await syncDirectly(library.options)).toMatchObject({ exitCode: 0 });
    expect(await run()).toMatchObject({ verdict: 'ready' });
    await pipeline.query(`update books set pages = 5 where id = '${bookId(1)}'`);
    expect(failed(await run({ validate: false }))).toEqual(['validated']);
    expect(await run()).toMatchObject({ verdict: 'not-ready', exitCode: 3 });
    expect(await repairDirectly(library.options, { apply: true })).toMatchObject({ exitCode: 0 });
    expect(await run()).toMatchObject({ verdict: 'ready' });
  });

  it('compares at the switch whatever was compared before', async () => {
    expect(await syncDirectly(library.options)).toMatchObject({ exitCode: 0 });
    await pipeline.query(`set session_replication_role = replica;
      update books set pages = 5 where id = '${bookId(1)}'`);
    expect(await run({ check: false })).toMatchObject({ verdict: 'not-ready', exitCode: 3 });
  });

  it('finds a difference, and stands in the way with exit code 3', async () => {
    await pipeline.query(`analyze; update books set pages = 5 where id = '${bookId(1)}'`);
    await pipeline.query('delete from docrow.validation');
    expect(await run()).toMatchObject({ verdict: 'not-ready', exitCode: 3 });
  });

  it('switches over: applies what is left, makes the tables ready, and writes to them no more', async () => {
    await pipeline.query(`
      create sequence public.next_author owned by authors.id;
      alter table authors alter id set default nextval('public.next_author')`);
    await db.collection('books').updateOne({ _id: bookId(1) }, { $set: { pages: 999 } });
    const report = await run({ check: false });
    expect(failed(report)).toEqual([]);
    expect(report).toMatchObject({ mode: 'cutover', verdict: 'done', exitCode: 0 });
    expect(await pipeline.values(`select pages from books where id = '${bookId(1)}'`)).toEqual([999]);
    expect(await pipeline.values(`insert into authors (name) values ('new') returning id`)).toEqual([20]);
    expect(await pipeline.values('select count(*)::int from docrow.cutover')).toEqual([1]);
    const cutOver = { code: 'run-cut-over' };
    await expect(syncDirectly(library.options)).rejects.toMatchObject(cutOver);
    await expect(migrateDirectly({ ...library.options, fresh: true })).rejects.toMatchObject(cutOver);
    await expect(repairDirectly(library.options, { apply: true })).rejects.toMatchObject(cutOver);
    await expect(run({ check: false })).rejects.toMatchObject(cutOver);
    await expect(run()).rejects.toMatchObject(cutOver);
  });

  it('gives up when the writes do not stop in time', async () => {
    let left = true;
    const writing = (async () => {
      for (let pages = 0; left; pages++) {
        await db.collection('books').updateOne({ _id: bookId(1) }, { $set: { pages } });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    try {
      const report = await run({ check: false, timeoutSeconds: 3 });
      expect(report).toMatchObject({ verdict: 'not-ready', exitCode: 5 });
    } finally {
      left = false;
      await writing;
    }
    expect(await pipeline.values('select count(*)::int from docrow.cutover')).toEqual([0]);
  });
});
