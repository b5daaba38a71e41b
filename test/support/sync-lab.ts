import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient, Timestamp } from 'mongodb';
import type { SyncReport } from '../../src/report/sync-report.ts';
import type { ValidationReport } from '../../src/report/validation-report.ts';
import type { TestProject } from './bson-dump.ts';
import { type DocrowResult, type RunningDocrow, reportOf, startDocrow } from './docrow-process.ts';
import { compareCopy } from './independent-check/compare-copy.ts';
import { fieldOf } from './independent-check/paths.ts';
import { unjustifiedRejections } from './independent-check/unjustified-rejections.ts';
import { dumpDatabase } from './mongo-library.ts';
import type { MongoServer } from './mongo-server.ts';
import { type OpMsgProxy, startOpMsgProxy } from './op-msg-proxy.ts';
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts';
import { queryTarget } from './target-content.ts';

export interface SyncLabOptions {
  readonly mongo: MongoServer;
  /** Database of the server. */
  readonly database: string;
  /** URI of an empty PostgreSQL database. */
  readonly target: string;
  readonly project: TestProject;
}

type Environment = Readonly<Record<string, string>>;

/** A running MongoDB, a PostgreSQL, and docrow between them, by proxies that cut its connections on command. */
export class SyncLab {
  readonly mongo: MongoServer;
  readonly database: string;
  readonly target: string;
  readonly project: TestProject;
  readonly mongoProxy: OpMsgProxy;
  readonly postgresProxy: PostgresProxy;

  private constructor(options: SyncLabOptions, mongoProxy: OpMsgProxy, postgresProxy: PostgresProxy) {
    this.mongo = options.mongo;
    this.database = options.database;
    this.target = options.target;
    this.project = options.project;
    this.mongoProxy = mongoProxy;
    this.postgresProxy = postgresProxy;
  }

  static async open(options: SyncLabOptions): Promise<SyncLab> {
    const mongoProxy = await startOpMsgProxy(Number(new URL(options.mongo.uri).port));
    return new SyncLab(options, mongoProxy, await startPostgresProxy(options.target));
  }

  async close(): Promise<void> {
    await Promise.all([this.mongoProxy.close(), this.postgresProxy.close()]);
    this.project.remove();
  }

  /** Starts docrow with `--json`, through the proxies. */
  start(args: readonly string[], env: Environment = {}): RunningDocrow {
    const source = new URL(this.mongo.uri);
    source.port = String(this.mongoProxy.port);
    return startDocrow([...args, '--dir', this.project.dir, '--json'], {
      env: {
        DOCROW_TARGET: this.postgresProxy.uri,
        DOCROW_SOURCE: source.href,
        DOCROW_DATABASE: this.database,
        DOCROW_PROGRESS: 'json',
        ...env,
      },
    });
  }

  async run<T extends { readonly exitCode: number } = SyncReport>(...args: readonly string[]): Promise<T> {
    return reportOf<T>(await this.start(args).result);
  }

  /** Starts `sync --follow`, and waits until it has stored a position. */
  async follow(): Promise<RunningDocrow> {
    const running = this.start(['sync', '--follow']);
    await running.sees(/"sync-progress"/);
    return running;
  }

  /** `sync --follow` that is killed: at a fail point, or after some milliseconds. */
  async followUntilKilled(when: string | number): Promise<DocrowResult> {
    const running = this.start(
      ['sync', '--follow'],
      typeof when === 'string' ? { DOCROW_FAIL_POINT: when } : {},
    );
    const timer =
      typeof when === 'number' ? setTimeout(() => running.child.kill('SIGKILL'), when) : undefined;
    const result = await running.result;
    clearTimeout(timer);
    return result;
  }

  withClient = async <T>(use: (client: MongoClient) => Promise<T>): Promise<T> => {
    const client = new MongoClient(this.mongo.uri);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  };

  /** The server's time. */
  async now(): Promise<Timestamp> {
    const reply = await this.withClient((client) => client.db(this.database).command({ ping: 1 }));
    const time = reply['operationTime'] ?? reply['$clusterTime']?.clusterTime;
    if (!(time instanceof Timestamp)) throw new Error('the server does not tell its time');
    return time;
  }

  /** Waits until the tables have all that happened up to now. */
  async caughtUp(limitMs = 150_000): Promise<void> {
    const { t, i } = await this.now();
    for (const end = performance.now() + limitMs; ; await pause(50)) {
      const [row] = await queryTarget(this.target, 'select cluster_time from docrow.sync').catch(() => []);
      const [seconds = 0, tick = 0] = String(row?.['cluster_time'] ?? '')
        .split(':')
        .map(Number);
      if (seconds > t || (seconds === t && tick >= i)) return;
      if (performance.now() > end)
        throw new Error(`not in step: ${row?.['cluster_time']} is before ${t}:${i}`);
    }
  }

  /** Compares every document without docrow's code. @returns what differs */
  async compare(): Promise<readonly string[]> {
    const dump = await dumpDatabase(this.mongo.uri, this.database);
    try {
      const compared = await compareCopy(this.project.dir, dump.folder, this.target);
      const isMisfit = (fields: Parameters<typeof fieldOf>[0]): boolean =>
        fieldOf(fields, 'misfit')?.value === true;
      return [
        ...compared.flatMap(({ differences }) => differences),
        ...compared
          .filter(({ stale }) => stale > 0)
          .map(({ collection, stale }) => `${collection}: ${stale} stale rejections`),
        ...(await unjustifiedRejections(this.project.dir, this.target, isMisfit)),
      ];
    } finally {
      dump.remove();
    }
  }

  validate = (): Promise<ValidationReport> => this.run<ValidationReport>('validate');

  /** Rows that were written to tables of schema public since the statistics were reset, or ever. */
  async rowsWritten(): Promise<number> {
    const sum = 'coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int as rows';
    const [row] = await queryTarget(
      this.target,
      `select ${sum} from pg_stat_user_tables where schemaname = 'public'`,
    );
    return Number(row!['rows']);
  }
}
