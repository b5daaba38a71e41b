import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What ends with a COMMIT: a chunk of rows, documents being set aside, or something else. */
export type CommitKind = 'chunk' | 'set-aside' | 'other';

/** What the proxy does with a COMMIT. */
export type CommitAction =
  | 'pass'
  /** The COMMIT never arrives, and the connection is cut on both sides. */
  | 'lose-request'
  /** PostgreSQL commits, and the connection to docrow is cut before it hears of it. */
  | 'lose-answer';

export interface PostgresProxy {
  /** URI that leads through the proxy. */
  readonly uri: string;
  /** Commits so far, by kind. */
  readonly commits: Readonly<Record<CommitKind, number>>;
  /** Decides about each COMMIT. @param number of this kind, from 1 */
  onCommit(rule: (kind: CommitKind, number: number) => CommitAction): void;
  /** Cuts the connections that are in the middle of a COPY. @returns how many */
  cutCopies(): number;
  /** Cuts all connections, whatever they do. @returns how many */
  cut(): number;
  /** Hands nothing on, in either direction, until `resume`. */
  stall(): void;
  resume(): void;
  close(): Promise<void>;
}

const commitMessage = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');
const copyMessage = Buffer.from('from stdin with (format binary)');
const chunkStatement = Buffer.from('update docrow.range set');
const setAsideStatement = Buffer.from('set_aside = set_aside +');

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  kind: CommitKind;
  isCopying: boolean;
  losesAnswer: boolean;
}

/** A proxy before a PostgreSQL that cuts and stalls connections on command, and loses a COMMIT or its answer. */
export async function startPostgresProxy(targetUri: string): Promise<PostgresProxy> {
  const target = new URL(targetUri);
  const links = new Set<Link>();
  const commits: Record<CommitKind, number> = { chunk: 0, 'set-aside': 0, other: 0 };
  let rule: (kind: CommitKind, number: number) => CommitAction = () => 'pass';
  let isStalled = false;

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const link: Link = { client, server, kind: 'other', isCopying: false, losesAnswer: false };
    links.add(link);
    const end = (): void => {
      links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
      if (isStalled) socket.pause();
    }
    client.on('data', (bytes: Buffer) => {
      if (bytes.includes(chunkStatement)) link.kind = 'chunk';
      if (bytes.includes(setAsideStatement)) link.kind = 'set-aside';
      if (bytes.includes(copyMessage)) link.isCopying = true;
      if (bytes.includes(commitMessage)) {
        const { kind } = link;
        commits[kind]++;
        link.kind = 'other';
        link.isCopying = false;
        const action = rule(kind, commits[kind]);
        if (action === 'lose-request') return end();
        link.losesAnswer = action === 'lose-answer';
      }
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (link.losesAnswer) end();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const own = new URL(targetUri);
  own.hostname = '127.0.0.1';
  own.port = String((listener.address() as AddressInfo).port);

  const eachSocket = (act: (socket: Socket) => void): void => {
    for (const { client, server } of links) for (const socket of [client, server]) act(socket);
  };
  const cut = (those: readonly Link[]): number => {
    for (const { client, server } of those) {
      client.destroy();
      server.destroy();
    }
    return those.length;
  };
  return {
    uri: own.href,
    commits,
    onCommit: (next) => {
      rule = next;
    },
    cutCopies: () => cut([...links].filter((link) => link.isCopying)),
    cut: () => cut([...links]),
    stall: () => {
      isStalled = true;
      eachSocket((socket) => socket.pause());
    },
    resume: () => {
      isStalled = false;
      eachSocket((socket) => socket.resume());
    },
    close: async () => {
      const closed = new Promise((resolve) => listener.close(resolve));
      eachSocket((socket) => socket.destroy());
      await closed;
    },
  };
}
