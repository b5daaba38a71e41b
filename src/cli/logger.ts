import { type Logger, pino } from 'pino';
import { redactDeep } from '../config/redact.ts';
import type { Settings } from '../config/settings.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { RunEvent, RunEventListener } from '../pipeline/run-event.ts';

/** A log of JSON lines on stderr, from which passwords are taken out. */
export const createLogger = (level: Settings['logLevel'], stream: NodeJS.WritableStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map(redactDeep) as Parameters<typeof method>);
        },
      },
    },
    { write: (line: string) => void stream.write(line) },
  );

/** Writes a run's events into the log: those that come again and again at `debug`, everything else at `info`. */
export const logEvents =
  (logger: Logger): RunEventListener =>
  (event: RunEvent) => {
    logger[event.kind === 'chunk-committed' || event.kind === 'sync-progress' ? 'debug' : 'info'](
      event,
      event.kind,
    );
  };

/**
 * Writes an error's code and context, and of what caused it only the class and the positions in the code: foreign
 * messages may hold values of documents.
 */
export const logError = (logger: Logger, error: DocrowError): void => {
  const { cause, code, context } = error;
  const origin = cause instanceof Error ? cause : error;
  logger[code === 'internal' ? 'error' : 'debug'](
    { code, context, cause: cause instanceof Error ? cause.name : undefined, stack: positions(origin) },
    error.message,
  );
};

const positions = (error: Error): readonly string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line))
    .map((line) => line.trim());
