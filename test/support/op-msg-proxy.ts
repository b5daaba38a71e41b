import { type AddressInfo, createServer, Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

/** What the proxy does with a command. */
export type ProxyAction =
  /** Hand it on. */
  | { readonly kind: 'pass' }
  /** Answer with an error instead. */
  | { readonly kind: 'fail'; readonly code: number; readonly labels?: readonly string[] }
  /** Close the connection to the client without an answer. */
  | { readonly kind: 'cut' }
  /** Hand it on, and close the connection in the middle of the answer. */
  | { readonly kind: 'cut-answer' }
  /** Say nothing until `release` is called. */
  | { readonly kind: 'stall' };

export interface OpMsgProxy {
  readonly port: number;
  /** Commands that came in, without those of the driver's monitoring, each with its name in `name`. */
  readonly commands: readonly ProxiedCommand[];
  /** Decides about each command that is not of the driver's monitoring. Replaces the rule before. */
  setRule(rule: (command: ProxiedCommand) => ProxyAction): void;
  /** Lets stalled connections go on, or cuts them. */
  release(how: 'pass' | 'cut'): void;
  /** Cuts all connections, whatever they do. */
  cut(): void;
  close(): Promise<void>;
}

export interface ProxiedCommand {
  readonly name: string;
  readonly body: Document;
}

/** Opcode of the only message of today's MongoDB drivers. */
const opMsg = 2013;
const headerBytes = 16;
/** Header, flags, and the kind of the first section, which is the command. */
const bodyOffset = 21;

const monitoring = new Set([
  'hello',
  'ismaster',
  'isMaster',
  'ping',
  'endSessions',
  'saslStart',
  'saslContinue',
]);

/**
 * A proxy for MongoDB's wire protocol that passes messages through unchanged and, where a rule says so, cuts,
 * stalls, or answers in the server's place: for faults that no server produces on demand.
 * The driver's compression has to be off, and so has TLS.
 */
export async function startOpMsgProxy(serverPort: number, serverHost = '127.0.0.1'): Promise<OpMsgProxy> {
  const commands: ProxiedCommand[] = [];
  const sockets = new Set<Socket>();
  let rule: (command: ProxiedCommand) => ProxyAction = () => ({ kind: 'pass' });
  let stalled: ((how: 'pass' | 'cut') => void)[] = [];

  const server = createServer((client) => {
    const upstream = new Socket();
    upstream.connect(serverPort, serverHost);
    let cutAnswer = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    const handle = (message: Buffer): void => {
      const command = readCommand(message);
      const action = command === undefined ? { kind: 'pass' as const } : rule(command);
      if (command !== undefined) commands.push(command);
      switch (action.kind) {
        case 'pass':
          upstream.write(message);
          break;
        case 'fail':
          client.write(failure(message, action.code, action.labels ?? []));
          break;
        case 'cut':
          end();
          break;
        case 'cut-answer':
          cutAnswer = true;
          upstream.write(message);
          break;
        case 'stall':
          stalled.push((how) => (how === 'cut' ? end() : upstream.write(message)));
          break;
      }
    };
    client.on('data', splitMessages(handle));
    upstream.on('data', (chunk: Buffer) => {
      if (!cutAnswer) {
        client.write(chunk);
        return;
      }
      client.write(chunk.subarray(0, Math.floor(chunk.length / 2)), end);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    commands,
    setRule: (next) => {
      rule = next;
    },
    release: (how) => {
      for (const goOn of stalled) goOn(how);
      stalled = [];
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Collects chunks into whole messages. */
function splitMessages(handle: (message: Buffer) => void): (chunk: Buffer) => void {
  let waiting = Buffer.alloc(0);
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= headerBytes) {
      const length = waiting.readInt32LE(0);
      if (waiting.length < length) return;
      handle(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  };
}

/** Undefined for other messages and for the driver's own traffic. */
function readCommand(message: Buffer): ProxiedCommand | undefined {
  if (message.readInt32LE(12) !== opMsg || message[bodyOffset - 1] !== 0) return undefined;
  const size = message.readInt32LE(bodyOffset);
  const body = BSON.deserialize(message.subarray(bodyOffset, bodyOffset + size), { promoteValues: false });
  const [name = ''] = Object.keys(body);
  return monitoring.has(name) ? undefined : { name, body };
}

/** An answer to `request` as a server gives it when a command fails. */
function failure(request: Buffer, code: number, labels: readonly string[]): Buffer {
  const body = BSON.serialize({ ok: 0, errmsg: 'from the proxy', code, errorLabels: labels });
  const message = Buffer.alloc(bodyOffset + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(request.readInt32LE(4), 8);
  message.writeInt32LE(opMsg, 12);
  message.set(body, bodyOffset);
  return message;
}
