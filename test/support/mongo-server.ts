import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { MongoClient } from 'mongodb';
import { inspectProcess } from '../../src/target/embedded/process-inspection.ts';
import { installSecantus } from './secantus-install.ts';

export interface MongoServerOptions {
  /** Ask for a password; the URI carries it. */
  readonly auth?: boolean;
  /** Speak TLS only; the URI names the certificate that has to be trusted. */
  readonly tls?: boolean;
  /** Further arguments for SecantusDB, such as `--oplog-max-entries 100`. Not for an external server or mongod. */
  readonly secantusArguments?: readonly string[];
}

export interface MongoServer {
  /** Without a database. */
  readonly uri: string;
  readonly kind: 'external' | 'mongod' | 'secantusdb';
  readonly port: number;
  /** Ends the server and starts it on its port and data again. Not for an external one. @param signal default SIGTERM */
  restart(signal?: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

const folderPrefix = 'docrow-test-mongo-';
const user = 'docrow-test';
const password = 'p@ss/w:rd';

/**
 * Starts a MongoDB server for tests: the one named by MONGODB_TEST_URI; else mongod, as a replica set of one member;
 * else SecantusDB, which is installed first where it is missing. (mongod was not at hand when this was written.)
 * A server that was left behind by a test process that was killed is stopped and removed by the next one.
 */
export async function startMongoServer(options: MongoServerOptions = {}): Promise<MongoServer> {
  const external = process.env['MONGODB_TEST_URI'];
  if (external && !options.auth && !options.tls && options.secantusArguments === undefined) {
    const restart = () => Promise.reject(new Error('an external server is not restarted'));
    return { uri: external, kind: 'external', port: 0, restart, stop: async () => {} };
  }
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  try {
    const mongod = options.secantusArguments === undefined ? findMongod() : undefined;
    return mongod === undefined
      ? await startSecantus(folder, options)
      : await startMongod(mongod, folder, options);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * The same for a test file that can be left out where there is no server: undefined after one loud line. In CI the
 * tests fail instead.
 */
export async function startMongoServerOrSkip(
  options: MongoServerOptions = {},
): Promise<MongoServer | undefined> {
  try {
    return await startMongoServer(options);
  } catch (error) {
    if (process.env['CI']) throw error;
    console.error(`SKIPPED: no MongoDB server could be started, its tests did not run: ${error}`);
    return undefined;
  }
}

async function startSecantus(folder: string, options: MongoServerOptions): Promise<MongoServer> {
  const program = await installSecantus();
  const data = join(folder, 'data');
  const tls = options.tls ? makeCertificate(folder) : undefined;
  const common = ['--storage-path', data, '--log-file-max', '16MB', ...(options.secantusArguments ?? [])];
  const tlsArguments =
    tls === undefined ? [] : ['--tls-cert-file', tls.certificate, '--tls-key-file', tls.key];
  const launch = async (more: readonly string[], at = 0) => {
    const child = spawnServer(program, ['--port', `${at}`, ...common, ...tlsArguments, ...more], folder);
    return { child, port: await announcedPort(child, /listening on [^:\s]+:(\d+)/) };
  };
  const uriOf = (port: number, credentials: string) =>
    `mongodb://${credentials}127.0.0.1:${port}/?directConnection=true${tlsOptions(tls)}`;
  let server = await launch([]);
  if (options.auth) {
    await createUser(uriOf(server.port, ''));
    await stopChild(server.child);
    server = await launch(['--auth']);
  }
  const { port } = server;
  return {
    uri: uriOf(port, credentialsOf(options)),
    kind: 'secantusdb',
    port,
    restart: async (signal) => {
      await stopChild(server.child, signal);
      server = await launch(options.auth ? ['--auth'] : [], port);
    },
    stop: () => stopAndRemove(server.child, folder),
  };
}

async function startMongod(
  program: string,
  folder: string,
  options: MongoServerOptions,
): Promise<MongoServer> {
  const port = await freePort();
  const data = join(folder, 'data');
  mkdirSync(data);
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, 'docrowtestkey', { mode: 0o600 });
  const tls = options.tls ? makeCertificate(folder) : undefined;
  const base = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'docrow'];
  const tlsArguments =
    tls === undefined ? [] : ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', tls.both];
  const launch = async (more: readonly string[]) => {
    const child = spawnServer(program, [...base, ...tlsArguments, ...more], folder);
    await announcedPort(child, /"port":(\d+)|[Ww]aiting for connections/);
    return child;
  };
  const uriOf = (credentials: string) =>
    `mongodb://${credentials}127.0.0.1:${port}/?directConnection=true${tlsOptions(tls)}`;
  let child = await launch([]);
  await initiateReplicaSet(uriOf(''), port);
  if (options.auth) {
    await createUser(uriOf(''));
    await stopChild(child);
    child = await launch(['--auth', '--keyFile', keyFile]);
    await waitForPrimary(uriOf(credentialsOf(options)));
  }
  return {
    uri: uriOf(credentialsOf(options)),
    kind: 'mongod',
    port,
    restart: async (signal) => {
      await stopChild(child, signal);
      child = await launch(options.auth ? ['--auth', '--keyFile', keyFile] : []);
      await waitForPrimary(uriOf(credentialsOf(options)));
    },
    stop: () => stopAndRemove(child, folder),
  };
}

function spawnServer(program: string, args: readonly string[], folder: string): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  if (child.pid !== undefined) writeFileSync(join(folder, 'server.pid'), String(child.pid));
  return child;
}

/** Waits for the line that says that the server is ready. */
function announcedPort(child: ChildProcess, ready: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const take = (chunk: Buffer): void => {
      if (output === '' || !ready.test(output)) output = (output + chunk.toString()).slice(-20_000);
      const match = ready.exec(output);
      if (match !== null) resolve(Number(match[1] ?? 0));
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The MongoDB server ended with code ${code}: ${output}`)));
  });
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}

async function stopAndRemove(child: ChildProcess, folder: string): Promise<void> {
  await stopChild(child);
  rmSync(folder, { recursive: true, force: true });
}

function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || inspectProcess(Number(owner)) !== undefined) continue;
    const folder = join(tmpdir(), name);
    try {
      const pid = Number(readFileSync(join(folder, 'server.pid'), 'utf8'));
      if (inspectProcess(pid)?.command.includes(folder)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // Another user's leftovers are that user's to remove.
    }
  }
}

function findMongod(): string | undefined {
  const named = process.env['MONGOMS_SYSTEM_BINARY'];
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, 'mongod'));
  return [...(named ? [named] : []), ...places].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function withClient<T>(uri: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function createUser(uri: string): Promise<void> {
  const command = { createUser: user, pwd: password, roles: [{ role: 'root', db: 'admin' }] };
  await withClient(uri, (client) => client.db('admin').command(command));
}

async function initiateReplicaSet(uri: string, port: number): Promise<void> {
  const config = { _id: 'docrow', members: [{ _id: 0, host: `127.0.0.1:${port}` }] };
  await withClient(uri, (client) => client.db('admin').command({ replSetInitiate: config }));
  await waitForPrimary(uri);
}

async function waitForPrimary(uri: string): Promise<void> {
  await withClient(uri, async (client) => {
    for (let attempt = 0; attempt < 200; attempt++) {
      const hello = await client.db('admin').command({ hello: 1 });
      if (hello['isWritablePrimary']) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('The replica set elected no primary');
  });
}

const credentialsOf = (options: MongoServerOptions): string =>
  options.auth ? `${user}:${encodeURIComponent(password)}@` : '';

interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly both: string;
}

function makeCertificate(folder: string): Certificate {
  const files = {
    certificate: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
    both: join(folder, 'both.pem'),
  };
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const output = ['-keyout', files.key, '-out', files.certificate];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...output];
  execFileSync('openssl', args, { stdio: 'ignore' });
  writeFileSync(files.both, `${readFileSync(files.certificate)}${readFileSync(files.key)}`, { mode: 0o600 });
  return files;
}

const tlsOptions = (tls: Certificate | undefined): string =>
  tls === undefined ? '' : `&tls=true&tlsCAFile=${encodeURIComponent(tls.certificate)}`;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
