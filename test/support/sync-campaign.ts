import { setTimeout as pause } from 'node:timers/promises';
import type { CutoverReport } from '../../src/report/cutover-report.ts';
import type { FailureReport, RunningDocrow } from './docrow-process.ts';
import { seededRandom } from './kill-campaign.ts';
import { type MongoServer, startMongoServer } from './mongo-server.ts';
import { plantDatabase, plantProject } from './plant-project.ts';
import { createDatabase } from './postgres-server.ts';
import { type RestartablePostgres, startRestartablePostgres } from './restartable-postgres.ts';
import { SeededWriter } from './seeded-writer.ts';
import { SyncLab } from './sync-lab.ts';
import { type VersionWatcher, watchVersions } from './version-watcher.ts';

/** What may happen to a `docrow sync --follow` that survives it. */
export type Disturbance = 'cut-postgres' | 'cut-mongo' | 'restart-mongo' | 'restart-postgres' | 'others';

export interface SyncCampaignOptions {
  readonly seed: number;
  /** Operations of the writer. */
  readonly perSecond: number;
  readonly machines: number;
  readonly onStep?: (what: string) => void;
}

/** Exit codes of commands that did what they were to do, while documents may be set aside. */
const isFine = (code: number | null): boolean => code === 0 || code === 6;

/**
 * From the first copy to the switch, while a writer writes and everything is killed and cut on the way. What does not
 * hold is collected in `problems`, one line each.
 */
export class SyncCampaign {
  readonly problems: string[] = [];
  readonly lab: SyncLab;
  readonly #mongo: MongoServer;
  readonly #postgres: RestartablePostgres;
  readonly #writer: SeededWriter;
  readonly #random: () => number;
  readonly #onStep: (what: string) => void;
  #watcher: VersionWatcher | undefined;

  private constructor(
    lab: SyncLab,
    mongo: MongoServer,
    postgres: RestartablePostgres,
    { seed, perSecond, machines, onStep = () => undefined }: SyncCampaignOptions,
  ) {
    this.lab = lab;
    this.#mongo = mongo;
    this.#postgres = postgres;
    this.#writer = new SeededWriter({ uri: mongo.uri, seed, perSecond, machines });
    this.#random = seededRandom(seed + 1);
    this.#onStep = onStep;
  }

  /** Starts servers of its own. */
  static async open(options: SyncCampaignOptions): Promise<SyncCampaign> {
    const mongo = await startMongoServer();
    const postgres = await startRestartablePostgres();
    const { uri: target } = await createDatabase(postgres.uri);
    const lab = await SyncLab.open({ mongo, database: plantDatabase, target, project: plantProject() });
    return new SyncCampaign(lab, mongo, postgres, options);
  }

  async close(): Promise<void> {
    await this.#watcher?.stop();
    await this.#writer.close();
    await this.lab.close();
    await Promise.all([this.#mongo.stop(), this.#postgres.stop()]);
  }

  #require(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  /** Copies, and catches up once, while the writer writes; from then on a reader watches the tables. */
  async begin(): Promise<void> {
    await this.#writer.fill();
    this.#writer.start();
    const migrated = await this.lab.start(['migrate', '--no-validate']).result;
    this.#require(isFine(migrated.code), `migrate ended with ${migrated.code}: ${migrated.stdout}`);
    this.#onStep(`copied after ${this.#writer.operations} operations`);
    const caughtUp = await this.lab.start(['sync', '--once']).result;
    this.#require(isFine(caughtUp.code), `the first sync ended with ${caughtUp.code}: ${caughtUp.stdout}`);
    this.#watcher = watchVersions(this.lab.target);
    this.#onStep(`caught up after ${this.#writer.operations} operations`);
  }

  /** Follows until a fail point, or for some milliseconds, and is killed there. */
  async killed(when: string | number): Promise<void> {
    const { code, signal, stdout } = await this.lab.followUntilKilled(when);
    this.#require(signal === 'SIGKILL', `not killed at ${when}, but ended with ${code}: ${stdout}`);
    this.#onStep(`killed at ${when}`);
  }

  /** Follows through all of these, and is stopped by SIGTERM. */
  async disturbed(disturbances: readonly Disturbance[]): Promise<void> {
    const running = await this.lab.follow();
    for (const disturbance of disturbances) {
      await this.#disturb(disturbance, running);
      await this.#caughtUp();
      this.#onStep(`in step after ${disturbance}`);
    }
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.result;
    this.#require(code === 143, `SIGTERM ended docrow with ${code}: ${stdout}`);
  }

  /** A machine that is busy with other things may not keep up: the writer slows down for a while then. */
  async #caughtUp(): Promise<void> {
    const { perSecond } = this.#writer;
    const slow = setTimeout(() => {
      this.#writer.perSecond = perSecond / 10;
    }, 10_000);
    await this.lab.caughtUp();
    clearTimeout(slow);
    this.#writer.perSecond = perSecond;
  }

  async #disturb(disturbance: Disturbance, running: RunningDocrow): Promise<void> {
    await pause(this.#random() * 500);
    const isGentle = this.#random() < 0.5;
    switch (disturbance) {
      case 'cut-postgres':
        return this.#require(this.lab.postgresProxy.cut() > 0, 'there was no connection to PostgreSQL');
      case 'cut-mongo':
        return this.lab.mongoProxy.cut();
      case 'restart-mongo':
        // Killed, a stand-in for MongoDB forgets writes that were acknowledged, and shown to readers.
        return this.#mongo.restart();
      case 'restart-postgres':
        return this.#postgres.restart(isGentle ? 'SIGINT' : 'SIGKILL');
      case 'others':
        return this.#others(running);
    }
  }

  /** Those that write find the lock; those that read work. All at once, and with few changes to look at again. */
  async #others({ child }: RunningDocrow): Promise<void> {
    const { perSecond } = this.#writer;
    this.#writer.perSecond = perSecond / 20;
    const writing = [['migrate'], ['sync', '--once'], ['sync', '--follow'], ['repair', '--apply', '--yes']];
    // What they compare is written to at the same time.
    const reading = [['status', 0] as const, ['report', 0, 3, 6] as const, ['validate', 0, 3, 6] as const];
    await Promise.all([
      ...writing.map(async (args) => {
        const { code, stdout } = await this.lab.start(args).result;
        const { errors = [] } = JSON.parse(stdout || '{}') as Partial<FailureReport>;
        const isLocked = code === 5 && errors[0]?.code === 'run-locked';
        this.#require(isLocked, `${args.join(' ')} beside a running sync ended with ${code}: ${stdout}`);
      }),
      ...reading.map(async ([command, ...codes]) => {
        const { code, stdout } = await this.lab.start([command]).result;
        const isExpected = codes.some((each) => each === code);
        this.#require(isExpected, `${command} beside a running sync ended with ${code}: ${stdout}`);
      }),
    ]);
    this.#writer.perSecond = perSecond;
    this.#require(child.exitCode === null, 'the running sync ended');
  }

  /** The writes end, and both sides are equal. */
  async finish(): Promise<void> {
    await this.#writer.stop();
    const { code, stdout } = await this.lab.start(['sync', '--once']).result;
    this.#require(isFine(code), `the last sync ended with ${code}: ${stdout}`);
    this.#onStep(`in step after ${this.#writer.operations} operations`);
    const seen = (await this.#watcher?.stop()) ?? [];
    this.problems.push(...seen.slice(0, 20), ...(await this.lab.compare()));
    this.#require((this.#watcher?.looks() ?? 0) > 10, 'nobody looked at the tables');
    await this.#requireMatch();
    const check = await this.lab.run<CutoverReport>('cutover', '--check');
    const inTheWay = check.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    const expected = code === 6 || check.exitCode === 6 ? ['no-rejections'] : [];
    // What ANALYZE has not seen is in nobody's way: the switch does it.
    const others = inTheWay.filter((name) => name !== 'analyzed' && !expected.includes(name));
    this.#require(others.length === 0, `in the way of the switch: ${JSON.stringify(check.checks)}`);
  }

  /** Nothing is written any more, so nothing is written here. */
  async repeat(times: number): Promise<void> {
    await this.lab.run('sync', '--once').catch(() => undefined);
    const before = await this.lab.rowsWritten();
    for (let time = 1; time <= times; time++) {
      const { code, stdout } = await this.lab.start(['sync', '--once']).result;
      this.#require(code === 0, `sync --once without changes ended with ${code}: ${stdout}`);
    }
    const written = (await this.lab.rowsWritten()) - before;
    this.#require(written === 0, `sync --once without changes wrote ${written} rows`);
    this.#onStep(`${times} times without changes`);
  }

  /** The application makes its documents fit, and is switched over. */
  async switchOver(): Promise<void> {
    await this.#writer.mend();
    const cutover = await this.lab.start(['cutover', '--yes']).result;
    this.#require(cutover.code === 0, `cutover ended with ${cutover.code}: ${cutover.stdout}`);
    this.problems.push(...(await this.lab.compare()));
    for (const args of [
      ['sync', '--once'],
      ['migrate', '--fresh', '--yes'],
      ['repair', '--apply', '--yes'],
    ]) {
      const { code, stdout } = await this.lab.start(args).result;
      const isRefused = code === 5 && stdout.includes('run-cut-over');
      this.#require(isRefused, `after the switch ${args.join(' ')} ended with ${code}: ${stdout}`);
    }
    this.#onStep('switched over');
  }

  async #requireMatch(): Promise<void> {
    const { verdict, exitCode } = await this.lab.validate();
    this.#require(verdict === 'match' && exitCode === 0, `validate: ${verdict}, exit code ${exitCode}`);
  }
}
