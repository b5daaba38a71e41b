import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import type { SignalName } from '../../../src/cli/stop-signal.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

/** A stream that keeps what is written to it. */
export class TextStream extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 24;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface MemoryTerminal extends Terminal {
  readonly stdin: PassThrough & { isTTY: boolean };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly signals: EventEmitter<Record<SignalName, [SignalName]>>;
}

/** What a process would be given by the system, in memory. */
export const createMemoryTerminal = (
  argv: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly isTTY?: boolean;
    readonly cwd?: string;
  } = {},
): MemoryTerminal => ({
  argv,
  env: options.env ?? {},
  cwd: options.cwd ?? '/nowhere',
  stdin: Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false }),
  stdout: new TextStream(options.isTTY),
  stderr: new TextStream(options.isTTY),
  signals: new EventEmitter<Record<SignalName, [SignalName]>>(),
});
