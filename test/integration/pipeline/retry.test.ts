import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import { rejectsList } from '../../../src/resources/rejects.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { retryDirectly } from '../../support/retry-directly.ts';
import { idColumn as id, numberColumn as n, useRetry } from '../../support/use-retry.ts';

const pipeline = useRetry();
const { createItems, edit, expectFinished, migrate, query: sql, rejections, retry, values } = pipeline;

describe('an edited policy', () => {
  test('loads what was set aside and nothing else, and the run is whole again', async () => {
    createItems([id, n()]);
    expect(await migrate()).toMatchObject({ exitCode: 6, totals: { read: 50, loaded: 40, rejected: 10 } });
    await sql('alter table items add column seen timestamptz default now()');
    edit([id, n(', mismatch: "null"')]);
    await expect(migrate()).rejects.toMatchObject({ code: 'mapping-changed' });
    const report = await retry();
    expect(report).toMatchObject({
      command: 'rejects retry',
      exitCode: 0,
      status: 'done',
      totals: { retried: 10, loaded: 10, rejected: 0, withoutDocument: 0 },
      remaining: 0,
      collections: [
        { collection: 'items', loadedBefore: 40, mappingChanges: ['items.n: mismatch: reject → null'] },
      ],
    });
    expect(await values('select count(*)::int from items where n is null')).toEqual([10]);
    expect(await values('select count(distinct seen)::int from items')).toEqual([2]);
    await expectFinished({ read: 50, loaded: 50, rejected: 0, filtered: 0, rows: 50 });
    const again = await migrate();
    expect(again.adjustments).toMatchObject([{ table: 'items', kind: 'mismatch-null', documents: 10 }]);
    expect(
      await sql('select loaded::int, finished_at is not null as done, changes from docrow.retry'),
    ).toEqual([{ loaded: 10, done: true, changes: ['items.n: mismatch: reject → null'] }]);
    expect(
      await values(
        "select count(*)::int from docrow.audit where action = 'retry-loaded' and collection = 'items'",
      ),
    ).toEqual([10]);
  });

  test('of those that still do not fit, the rejection keeps its number and says what is wrong now', async () => {
    createItems(
      [id, 'n: { from: n, type: integer, check: [1, 2] }'],
      [
        { _id: 1, n: 'x' },
        { _id: 2, n: 7 },
        { _id: 3, n: 2 },
      ],
    );
    await migrate();
    const numbers = await values('select rejection_number from docrow.rejection order by 1');
    edit([id, 'n: { from: n, type: integer, check: [1, 2], mismatch: "null", required: true }']);
    await expect(retry()).rejects.toMatchObject({ code: 'mapping-changed' });
    edit([id, 'n: { from: n, type: integer, check: [1, 2], mismatch: "null" }']);
    expect(await retry()).toMatchObject({
      exitCode: 6,
      status: 'rejected',
      totals: { retried: 2, loaded: 1, rejected: 1 },
      rejections: [{ collection: 'items', code: 'value-check-failed', path: 'n', documents: 1 }],
      remaining: 1,
    });
    expect(numbers).toContain((await values('select rejection_number from docrow.rejection'))[0]);
    expect(await retry({}, { maxRejects: 1 })).toMatchObject({
      exitCode: 0,
      totals: { retried: 1, loaded: 0 },
    });
    await expectFinished({ read: 3, loaded: 2, rejected: 1 }, 6);
  });

  test('takes the bytes that were kept, one collection or one code at a time', async () => {
    pipeline.project = createProject(
      {
        'mappings/items.yaml': mappingYaml({ collection: 'items', columns: [id, n()] }),
        'mappings/others.yaml': mappingYaml({ collection: 'others', columns: [id, n(', required: true')] }),
      },
      { items: [{ _id: 1, n: 'x' }], others: [{ _id: 1, n: 'x' }, { _id: 2 }] },
    );
    await migrate();
    for (const collection of ['items', 'others']) {
      edit([id, 'n: { from: n, type: text }'], [], collection);
    }
    await expect(retry({ collection: 'nothing' })).rejects.toMatchObject({ code: 'settings-invalid' });
    edit([id, n(', mismatch: "null"')]);
    edit([id, n(', mismatch: "null"')], [], 'others');
    expect(await retry({ collection: 'items' })).toMatchObject({ totals: { retried: 1 }, remaining: 2 });
    await expect(retry()).rejects.toMatchObject({
      code: 'target-table-differs',
      message: expect.stringContaining('alter table "public"."others" alter column "n" drop not null;'),
    });
    await sql('alter table others alter column n drop not null');
    expect(await retry({ code: 'value-required' })).toMatchObject({ totals: { retried: 1, loaded: 1 } });
    expect(await rejections()).toEqual(['others value-mismatch n {"$numberInt":"1"}']);
    expect(await retry()).toMatchObject({ exitCode: 0, totals: { retried: 1, loaded: 1 }, remaining: 0 });
    await expectFinished({ read: 3, loaded: 3, rejected: 0 });
  });

  test('keys in docrow.document_key follow', async () => {
    createItems(['id: { from: _id, type: uuid, convert: uuidv5 }', n()]);
    await migrate();
    edit(['id: { from: _id, type: uuid, convert: uuidv5 }', n(', mismatch: "null"')]);
    await retry();
    expect(
      await values(
        'select count(*)::int from items join docrow.document_key k on k.key = array[uuid_send(items.id)]',
      ),
    ).toEqual([50]);
  });

  test('one without a document stays, and the report counts it', async () => {
    createItems([id, n()], [{ _id: 1, n: 'x' }]);
    await migrate();
    await sql('update docrow.rejection set document = null');
    edit([id, n(', mismatch: "null"')]);
    expect(await retry()).toMatchObject({
      exitCode: 6,
      totals: { retried: 0, loaded: 0, withoutDocument: 1 },
      remaining: 1,
    });
  });
});

describe('the run', () => {
  test('is locked: a second process is turned away', async () => {
    createItems([id, n()]);
    await migrate();
    edit([id, n(', mismatch: "null"')]);
    const other = new Client({ connectionString: pipeline.uri });
    await other.connect();
    try {
      await other.query('select pg_advisory_lock(7229031, 2)');
      await expect(retry()).rejects.toMatchObject({ code: 'run-locked', policy: { exitCode: 5 } });
    } finally {
      await other.end();
    }
    expect(await values('select count(*)::int from docrow.rejection')).toEqual([10]);
  });

  test('stops after the chunk when it is asked to, and the next call goes on', async () => {
    const documents = Array.from({ length: 5_000 }, (_, index) => ({ _id: index, n: 'x' }));
    createItems([id, n()], documents);
    await migrate();
    edit([id, n(', mismatch: "null"')]);
    const soft = new AbortController();
    const signal = { soft: soft.signal, hard: new AbortController().signal, name: () => 'SIGINT' as const };
    const onEvent = ({ kind }: RunEvent): void => {
      if (kind === 'chunk-committed') soft.abort();
    };
    const target = { target: pipeline.uri, dir: pipeline.project.dir };
    expect(await retryDirectly(target, {}, { onEvent, signal })).toMatchObject({
      exitCode: 130,
      status: 'interrupted',
      totals: { retried: 2_000, loaded: 2_000 },
      remaining: 3_000,
    });
    expect(await values('select finished_at is null from docrow.retry')).toEqual([true]);
    expect(await retry()).toMatchObject({ exitCode: 0, totals: { retried: 3_000, loaded: 3_000 } });
    await expectFinished({ read: 5_000, loaded: 5_000, rejected: 0 });
  });

  test('is not retried before its load is complete', async () => {
    createItems([id, n()]);
    await migrate();
    await sql("update docrow.collection_run set status = 'loading'");
    await expect(retry()).rejects.toMatchObject({ code: 'load-incomplete' });
  });

  test('nothing was set aside, or no run is there', async () => {
    createItems([id, n()], [{ _id: 1, n: 1 }]);
    await expect(retry()).rejects.toMatchObject({ code: 'no-run' });
    await migrate();
    expect(await retry()).toMatchObject({
      exitCode: 0,
      collections: [],
      totals: { retried: 0 },
      remaining: 0,
    });
  });

  test('many documents, large ones among them, and the list of what is left', async () => {
    const documents = Array.from({ length: 5_000 }, (_, index) => ({
      _id: index,
      n: index % 3 === 0 ? 'x' : 2_200_000_000,
      text: index % 1_000 === 0 ? 'y'.repeat(3_000_000) : '',
    }));
    createItems([id, n(), 'text: { from: text, type: text }'], documents);
    expect(await migrate()).toMatchObject({ totals: { loaded: 0, rejected: 5_000 } });
    edit([id, 'n: { from: n, type: bigint }', 'text: { from: text, type: text }']);
    await sql('alter table items alter column n type bigint');
    expect(await retry()).toMatchObject({ totals: { retried: 5_000, loaded: 3_333, rejected: 1_667 } });
    const settings = await loadSettings('rejects', { target: pipeline.uri }, {}, '/');
    const { groups } = await rejectsList(settings, { limit: 1 });
    expect(groups).toMatchObject([{ code: 'value-mismatch', path: 'n', documents: 1_667 }]);
    await expectFinished({ read: 5_000, loaded: 3_333, rejected: 1_667 }, 6);
  });
});
