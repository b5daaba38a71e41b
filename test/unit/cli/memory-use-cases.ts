import type { Settings } from '../../../src/config/settings.ts';
import type { UseCases } from '../../../src/pipeline/use-cases.ts';
import { sampleRun } from '../../support/sample-run.ts';
import { samplePlan } from './sample-plan.ts';
import { sampleMigration } from './sample-reports.ts';
import { sampleCutover, sampleSync } from './sample-sync.ts';

export interface Call {
  readonly useCase: keyof UseCases;
  readonly settings: Settings;
  readonly argument: unknown;
}

/** Use cases that touch nothing, note how they were called, and answer with fixed reports. */
export class MemoryUseCases implements UseCases {
  readonly calls: Call[] = [];

  inspect: UseCases['inspect'] = async (settings, control, options) => {
    this.#note('inspect', settings, options);
    control.onEvent({ kind: 'collection-read', collection: 'tasks' });
    return {
      command: 'inspect',
      exitCode: 0,
      source: { kind: 'dump', database: 'shop', notices: [] },
      collections: [],
      errors: [],
    };
  };

  plan: UseCases['plan'] = async (settings, control, options) => {
    this.#note('plan', settings, options);
    control.onEvent({ kind: 'collection-read', collection: 'tasks' });
    return samplePlan;
  };

  migrate: UseCases['migrate'] = async (settings, control) => {
    this.#note('migrate', settings, control);
    control.onEvent({ kind: 'run-started', runId: '3f2a9c1e', resumed: false, workers: 1 });
    return sampleMigration;
  };

  sync: UseCases['sync'] = async (settings, options, control) => {
    this.#note('sync', settings, options);
    control.onEvent({
      kind: 'sync-progress',
      sourceTime: new Date('2026-03-01T08:15:30.000Z'),
      lagSeconds: 0,
      collections: [],
    });
    return sampleSync;
  };

  cutover: UseCases['cutover'] = async (settings, options) => {
    this.#note('cutover', settings, options);
    return { ...sampleCutover, mode: options.check ? 'check' : 'cutover' };
  };

  schema: UseCases['schema'] = async (settings, options) => {
    this.#note('schema', settings, options);
    return { sql: 'create table tasks (id uuid primary key);', applied: options.apply };
  };

  status: UseCases['status'] = async (settings) => {
    this.#note('status', settings, undefined);
    return { command: 'status', exitCode: 0, runs: [], errors: [] };
  };

  validate: UseCases['validate'] = async (settings, options) => {
    this.#note('validate', settings, options);
    return {
      command: 'validate',
      verdict: 'mismatch',
      exitCode: 3,
      collections: [],
      differences: [],
      differencesTruncated: false,
      errors: [],
    };
  };

  validationSql: UseCases['validationSql'] = async (settings) => {
    this.#note('validationSql', settings, undefined);
    return 'select count(*) from "public"."tasks";\n';
  };

  report: UseCases['report'] = async (settings, run) => {
    this.#note('report', settings, run);
    return sampleRun;
  };

  reportList: UseCases['reportList'] = async (settings) => {
    this.#note('reportList', settings, undefined);
    return { command: 'report list', exitCode: 0, runs: [] };
  };

  writeReport: UseCases['writeReport'] = async (settings, file, text) => {
    this.#note('writeReport', settings, { file, text });
  };

  repair: UseCases['repair'] = async (settings, options) => {
    this.#note('repair', settings, options);
    return {
      command: 'repair',
      status: 'nothing',
      exitCode: 0,
      runId: '3f2a9c1e',
      validation: {
        at: '2026-03-01T08:15:30.123Z',
        level: 'digests',
        verdict: 'match',
        isTruncated: false,
      },
      collections: [],
      rows: [],
      rowsTruncated: false,
      rejections: [],
      left: 0,
      unreadable: 0,
      remaining: [],
    };
  };

  rejectsList: UseCases['rejectsList'] = async (settings, filter) => {
    this.#note('rejectsList', settings, filter);
    return { command: 'rejects list', exitCode: 0, groups: [], rejects: [] };
  };

  rejectsShow: UseCases['rejectsShow'] = async (settings, key) => {
    this.#note('rejectsShow', settings, key);
    return {
      command: 'rejects show',
      exitCode: 0,
      reject: {
        key,
        collection: 'users',
        idText: '65f0c2b1a4d3e2f1a0b9c8d7',
        code: 'value-nul-character',
        path: 'fullname',
        reason: 'A text holds NUL',
        table: 'users',
        at: '2026-03-01T08:15:30.123Z',
      },
      document: { email: 'canary@example.org' },
      bytes: undefined,
      masked: false,
    };
  };

  rejectsExport: UseCases['rejectsExport'] = async (settings, file, format) => {
    this.#note('rejectsExport', settings, { file, format });
    return { documents: 37 };
  };

  init: UseCases['init'] = async (settings, control, options) => {
    this.#note('init', settings, options);
    control.onEvent({ kind: 'collection-read', collection: 'tasks' });
    return {
      command: 'init',
      exitCode: 0,
      database: 'shop',
      folder: settings.dir,
      files: ['docrow.yaml'],
      kept: [],
      collections: [],
      leftOut: [],
      errors: [],
    };
  };

  rejectsRetry: UseCases['rejectsRetry'] = async (settings, options) => {
    this.#note('rejectsRetry', settings, options);
    return {
      command: 'rejects retry',
      status: 'done',
      exitCode: 0,
      runId: '3f2a9c1e',
      collections: [],
      totals: { retried: 0, loaded: 0, rejected: 0, withoutDocument: 0, clearedReferences: 0 },
      rejections: [],
      remaining: 0,
    };
  };

  demo: UseCases['demo'] = async (settings, control) => {
    this.#note('demo', settings, control);
    return {
      ...sampleMigration,
      connection: 'postgres://docrow@127.0.0.1:5433/docrow',
      expected: true,
      outFolder: '/demo',
    };
  };

  postgresControl: UseCases['postgresControl'] = async (settings, action) => {
    this.#note('postgresControl', settings, action);
    return { running: action === 'start', dataFolder: '/demo/.docrow/postgres' };
  };

  #note(useCase: keyof UseCases, settings: Settings, argument: unknown): void {
    this.calls.push({ useCase, settings, argument });
  }
}
