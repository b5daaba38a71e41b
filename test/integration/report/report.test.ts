import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Document } from 'bson';
import { describe, expect, test } from 'vitest';
import { runReportSchema } from '../../../scripts/docs/run-report-schema.ts';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { RunReport } from '../../../src/report/run-report.ts';
import { report, reportList } from '../../../src/resources/report.ts';
import { writeReportFile } from '../../../src/resources/write-report-file.ts';
import { createProject } from '../../support/bson-dump.ts';
import { stopAfter } from '../../support/migrate-directly.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const mapping = `
collection: people
tables:
  people:
    key: [id]
    columns:
      id: { from: _id, type: integer }
      name: { from: name, type: text, unique: true }
    rest: { column: extra, type: jsonb }
`;

const documents = [
  { _id: 1, name: 'Ada', hobby: 'x' },
  { _id: 2, name: 'Bob' },
  { _id: 3, name: 7 },
  { _id: 4, name: 'Dan' },
];

const reportOf = async (run?: string, more: Readonly<Record<string, unknown>> = {}): Promise<RunReport> => {
  const settings = await loadSettings('report', { target: pipeline.uri, ...more }, {}, '/');
  const made = await report(settings, run);
  const written = JSON.parse(JSON.stringify(made));
  expect(runReportSchema.parse(written)).toEqual(written);
  return made;
};

const projectOf = (people: readonly Document[]) =>
  createProject({ 'mappings/people.yaml': mapping }, { people });

describe('a run’s report, from the state of the target', () => {
  test('a finished run', async () => {
    pipeline.project = projectOf(documents);
    const migration = await pipeline.migrate();
    const made = await reportOf();
    expect(made).toMatchObject({
      runId: migration.runId,
      number: 1,
      state: 'finished',
      source: { kind: 'dump' },
      totals: { read: 4, loaded: 3, rejected: 1, filtered: 0, rows: 3 },
      rejections: [{ collection: 'people', code: 'value-mismatch', path: 'name', documents: 1 }],
      adjustments: [{ table: 'people', column: 'extra', kind: 'unmapped-rest', path: 'hobby', documents: 1 }],
      validation: { verdict: 'match' },
      verdict: { tone: 'attention' },
      masked: true,
    });
    expect(made.collections).toMatchObject([{ collection: 'people', rows: { people: 3 }, state: 'done' }]);
    expect(made.collections[0]!.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(made.target.postgres).toMatch(/^\d+/);
    expect(made.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(made.checks.filter(({ name }) => name.startsWith('keys'))).toMatchObject([{ outcome: 'passed' }]);
    expect(made.attempts).toMatchObject([{ number: 1, workers: 1, node: process.versions.node }]);
  });

  test('what was committed when adds up to what was read, for each attempt', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ _id: index, name: `n${index}` }));
    pipeline.project = projectOf(many);
    await pipeline.migrate({ chunkDocuments: '20' }, stopAfter(2));
    const stopped = await reportOf();
    expect(stopped.state).toBe('interrupted');
    expect(stopped.verdict.title).toContain('interrupted');
    await pipeline.migrate({ chunkDocuments: '30' });
    const made = await reportOf();
    const documentsOf = (attempt: number): number =>
      made.throughput
        .filter((each) => each.attempt === attempt)
        .flatMap(({ spans }) => spans)
        .reduce((sum, span) => sum + span.documents, 0);
    expect(documentsOf(1)).toBeCloseTo(40, 3);
    expect(documentsOf(2)).toBeCloseTo(60, 3);
    const bytes = made.throughput.flatMap(({ spans }) => spans).reduce((sum, span) => sum + span.bytes, 0);
    expect(bytes).toBeCloseTo(made.totals.bytes, 1);
    expect(made.attempts).toHaveLength(2);
    expect(made.notes).toEqual(['The run was taken up by 2 processes, one after the other.']);
  });

  test('a row that is missing fails its check and the verdict', async () => {
    pipeline.project = projectOf(documents);
    await pipeline.migrate();
    await pipeline.query('delete from people where id = 1');
    await pipeline.migrate();
    const made = await reportOf();
    expect(made.verdict).toMatchObject({ tone: 'bad' });
    expect(made.checks).toContainEqual({
      collection: 'people',
      name: 'table people holds as many rows as it should',
      outcome: 'failed',
      details: ['3 expected, 2 found'],
    });
  });

  test('values are masked unless they are asked for', async () => {
    pipeline.project = projectOf(documents);
    await pipeline.migrate();
    const difference = {
      kind: 'changed-value',
      collection: 'people',
      table: 'people',
      key: { id: '1' },
      column: 'name',
      expected: 'Ada',
      actual: 'canary',
      state: 'standing',
      firstSeenAt: '2026-03-01T08:15:30.123Z',
    };
    await pipeline.query(
      `update docrow.validation set report = jsonb_set(report, '{differences}', '${JSON.stringify([difference])}')`,
    );
    expect((await reportOf()).validation?.differences[0]).toMatchObject({
      key: { id: '1' },
      expected: '<3 characters>',
      actual: '<6 characters>',
    });
    const shown = await reportOf(undefined, { showValues: true });
    expect(shown.masked).toBe(false);
    expect(shown.validation?.differences[0]).toEqual(difference);
  });

  test('a comparison that is older than the last change is said to be', async () => {
    pipeline.project = projectOf(documents);
    await pipeline.migrate();
    await pipeline.query(
      `insert into docrow.audit (run_id, action, collection, id_text, table_name)
      select run_id, 'repair', 'people', '1', 'people' from docrow.run`,
    );
    expect((await reportOf()).verdict.title).toBe('The comparison is older than the data');
  });

  test('earlier runs, by number, id and the beginning of an id', async () => {
    pipeline.project = projectOf(documents);
    const first = await pipeline.migrate();
    pipeline.project = projectOf([{ _id: 9, name: 'Zoe' }]);
    await pipeline.migrate({ onExisting: 'append' });
    expect((await reportOf()).number).toBe(2);
    for (const key of ['1', first.runId!, first.runId!.slice(0, 8)]) {
      expect((await reportOf(key)).totals.read).toBe(4);
    }
    await expect(reportOf('7')).rejects.toMatchObject({ code: 'settings-invalid' });
    const { runs } = await reportList(await loadSettings('report', { target: pipeline.uri }, {}, '/'));
    expect(runs).toMatchObject([
      { number: 2, state: 'finished', collections: 1 },
      { number: 1, runId: first.runId, validation: { verdict: 'match' } },
    ]);
  });

  test('a target without a run', async () => {
    await expect(reportOf()).rejects.toMatchObject({ code: 'no-run' });
  });
});

describe('a report’s file', () => {
  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  test('is replaced, readable by others unless it shows values', async () => {
    const file = join(temporaryFolder({ 'r.html': 'old' }), 'r.html');
    await writeReportFile(file, 'new', false);
    expect([readFileSync(file, 'utf8'), modeOf(file)]).toEqual(['new', 0o644 & ~process.umask()]);
    await writeReportFile(file, 'values', true);
    expect([readFileSync(file, 'utf8'), modeOf(file)]).toEqual(['values', 0o600]);
  });

  test('is not written through a link', async () => {
    const folder = temporaryFolder({ precious: 'precious' });
    const link = join(folder, 'r.html');
    symlinkSync(join(folder, 'precious'), link);
    await expect(writeReportFile(link, 'new', false)).rejects.toMatchObject({ code: 'file-failed' });
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('nothing stays behind where it cannot be written', async () => {
    const folder = temporaryFolder({ a: '' });
    await expect(writeReportFile(folder, 'x', false)).rejects.toMatchObject({ code: 'file-failed' });
    await expect(writeReportFile(join(folder, 'no', 'r.html'), 'x', false)).rejects.toMatchObject({
      code: 'file-failed',
    });
    expect(readdirSync(folder)).toEqual(['a']);
  });
});
