import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import { keptRangeBytes, keptRangeFrom } from '../../src/validation/digests/kept-range.ts';
import { createProject, mappingYaml, type TestProject } from '../support/bson-dump.ts';
import { type DocrowResult, reportOf, runDocrow, startDocrow } from '../support/docrow-process.ts';
import { order, orders } from '../support/orders-mapping.ts';
import { createDatabase, type TestDatabase } from '../support/postgres-server.ts';
import { queryTarget } from '../support/target-content.ts';

/** More than two comparisons' worth of rows, and cut into four ranges. */
const count = 1_200;
const ranges = 4;
const numbers = Array.from({ length: count }, (_, n) => n);
/** Those of one range are one batch. */
const notes = 400;

/** Says on stderr how often it was called; from one call on, takes its time. */
const slowly = `let calls = 0;
export function slowly(value) {
  calls++;
  if (calls > Number(process.env.SLOW_AFTER ?? Infinity)) {
    process.stderr.write('call ' + calls + '\\n');
    for (const end = Date.now() + 30; Date.now() < end; );
  }
  return value;
}
`;

let database: TestDatabase;
let project: TestProject;

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<DocrowResult> =>
  runDocrow(arguments_(args), { env: environment(env) });
const arguments_ = (args: readonly string[]): readonly string[] => [
  ...args,
  '--dir',
  project.dir,
  '--json',
  '--progress',
  'none',
];
const environment = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  DOCROW_TARGET: database.uri,
  DOCROW_SOURCE: project.source,
  ...env,
});
const validate = (level: string, env: Readonly<Record<string, string>> = {}): Promise<DocrowResult> =>
  run(['validate', '--only', 'orders', '--level', level, '--workers', '1'], env);

/** Reports that are stored, and ranges whose digests are. */
const state = async (): Promise<{ readonly reports: number; readonly ranges: number }> => {
  const [row] = await queryTarget(
    database.uri,
    `select (select count(*)::int from docrow.validation) as reports,
      (select count(*)::int from docrow.digest_range) as ranges`,
  );
  return { reports: Number(row!['reports']), ranges: Number(row!['ranges']) };
};
const setSku = (sku: string): Promise<unknown> =>
  queryTarget(database.uri, `update lines set sku = '${sku}' where order_id = 700 and n = 1`);

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  project = createProject(
    {
      'mappings/orders.yaml': orders({
        columns: ['id: { from: _id, type: bigint }', 'code: { from: code, type: text }'],
      }),
      'mappings/notes.yaml': mappingYaml({
        collection: 'notes',
        columns: ['id: { from: _id, type: bigint }', 'text: { from: text, type: text, transform: slowly }'],
      }),
      'transforms/notes.ts': slowly,
    },
    {
      orders: numbers.map((n) => ({ ...order(n, [`a${n}`, 'p', 'q'], [`b${n}`]), code: `c${n}` })),
      notes: numbers.slice(0, notes).map((n) => ({ _id: n, text: `t${n}` })),
    },
  );
  reportOf(await run(['migrate', '--workers', String(ranges)]));
});
afterAll(async () => {
  project.remove();
  await database.drop();
});
beforeEach(() => queryTarget(database.uri, 'delete from docrow.validation; delete from docrow.digest_range'));

const whole = { verdict: 'match', exitCode: 0, differences: [] };
const changed = {
  verdict: 'mismatch',
  exitCode: 3,
  differences: [
    {
      kind: 'changed-value',
      collection: 'orders',
      table: 'lines',
      key: { order_id: '700', n: '1' },
      column: 'sku',
      state: 'standing',
    },
  ],
  differencesTruncated: false,
};

describe('killed, and called again', () => {
  test.each([
    ['digests', 'after-digest:1', 'whole', 1],
    ['digests', 'after-digest:3', 'changed', 3],
    ['digests', `after-digest:${ranges}`, 'whole', ranges],
    ['digests', 'before-rows:1', 'changed', 0],
    ['digests', 'mid-rows:1', 'changed', 0],
    ['digests', 'before-report:1', 'whole', 0],
    ['rows', 'mid-rows:1', 'whole', 0],
    ['rows', 'mid-rows:2', 'changed', 0],
    ['rows', 'before-report:1', 'changed', 0],
    ['documents', 'mid-documents:1', 'changed', 0],
  ])('%s at %s, target %s', async (level, point, target, kept) => {
    await setSku(target === 'whole' ? 'b700' : 'wrong');
    expect(await validate(level, { DOCROW_FAIL_POINT: point })).toMatchObject({
      signal: 'SIGKILL',
      stdout: '',
    });
    expect(await state()).toEqual({ reports: 0, ranges: kept });
    const report = reportOf<ValidationReport>(await validate(level));
    const differences = report.differences.filter(({ kind }) => kind !== 'undeclared-loss');
    expect({ ...report, differences }).toMatchObject(target === 'whole' ? whole : changed);
    expect(report.collections).toMatchObject([{ level, documents: count }]);
    expect(await state()).toEqual({ reports: 1, ranges: 0 });
  });

  test('at moments that nobody chose', async () => {
    await setSku('wrong');
    for (const afterMs of [150, 250, 350, 450, 600]) {
      const running = startDocrow(arguments_(['validate', '--only', 'orders']), { env: environment({}) });
      await pause(afterMs);
      running.child.kill('SIGKILL');
      await running.result;
    }
    expect(reportOf<ValidationReport>(await validate('digests'))).toMatchObject(changed);
    expect((await state()).ranges).toBe(0);
  });
});

test('digests of ranges that were read to their end are used again, unless something was recorded since', async () => {
  await setSku('b700');
  const counted = async (): Promise<number> => {
    const report = reportOf<ValidationReport>(await validate('digests'));
    expect(report).toMatchObject(whole);
    return report.collections[0]!.documents;
  };
  const kill = async (): Promise<void> => {
    await validate('digests', { DOCROW_FAIL_POINT: 'after-digest:2' });
    // Nobody else would count so many documents in a range.
    for (const { range_number, content } of await queryTarget(
      database.uri,
      'select range_number, content from docrow.digest_range',
    )) {
      const { position, sums } = keptRangeFrom(content as Buffer, 3, 256);
      sums.read += 1_000_000;
      await queryTarget(database.uri, 'update docrow.digest_range set content = $2 where range_number = $1', [
        range_number,
        keptRangeBytes({ position, sums }),
      ]);
    }
  };
  await kill();
  expect(await counted()).toBe(2_000_000 + count);
  await kill();
  await queryTarget(
    database.uri,
    `insert into docrow.audit (run_id, action, collection, id_text, table_name)
    select run_id, 'none', 'orders', '', 'orders' from docrow.run`,
  );
  expect(await counted()).toBe(count);
});

test.each([
  ['rows', 0],
  ['documents', notes],
])('a signal ends the comparison of %s between two documents', async (level, slowAfter) => {
  const args = arguments_(['validate', '--only', 'notes', '--level', level]);
  const running = startDocrow(args, { env: environment({ SLOW_AFTER: String(slowAfter) }) });
  await running.sees(new RegExp(`call ${slowAfter + 3}\n`));
  running.child.kill('SIGINT');
  const { code, stderr } = await running.result;
  expect(code).toBe(130);
  // It is not the end of the batch that it waits for.
  expect(stderr).not.toContain(`call ${slowAfter + notes / ranges}\n`);
  expect((await state()).reports).toBe(0);
});
