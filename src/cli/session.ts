import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { RunEvent } from '../pipeline/run-event.ts';
import type { RunControl, StopSignal, UseCases } from '../pipeline/use-cases.ts';
import { createLogger, logEvents } from './logger.ts';
import type { Outcome } from './outcome.ts';
import { createProgress } from './progress/create-progress.ts';
import { listenForStop } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';

/** What a command's action works with. */
export interface Session {
  readonly settings: Settings;
  readonly useCases: UseCases;
  readonly terminal: Terminal;
}

/** A command's own work: call one use case and say how it ended. */
export type Action = (session: Session) => Promise<Outcome>;

/**
 * Calls a use case that takes long: shows its events, and passes on that a person wants it to stop. The terminal
 * is as it was before when the promise settles.
 */
export const withRunControl = async <T>(
  { settings, terminal }: Session,
  run: (control: RunControl) => Promise<T>,
): Promise<T> => {
  const { logLevel } = settings;
  const logsLines = logLevel === 'info' || logLevel === 'debug' || logLevel === 'trace';
  // Log lines would tear the bars apart.
  const mode = settings.progress === 'auto' && logsLines ? 'plain' : settings.progress;
  const progress = createProgress(mode, terminal.stderr);
  const log = logEvents(createLogger(logLevel, terminal.stderr));
  const onEvent = (event: RunEvent): void => {
    progress(event);
    log(event);
  };
  const signal = listenForStop(terminal.signals, (name) => onEvent({ kind: 'stopping', signal: name }));
  try {
    return await run({ onEvent, signal });
  } catch (thrown) {
    throw afterStop(toDocrowError(thrown), signal);
  } finally {
    signal.close();
    progress.close();
  }
};

/** A connection that was cut because a person stopped the run is no error of the connection. */
const afterStop = (error: DocrowError, { hard, name }: StopSignal): DocrowError => {
  const signal = name();
  if (signal === undefined) return error;
  if (error.code === 'interrupted' || (hard.aborted && error.policy.reaction === 'retry')) {
    return new DocrowError('interrupted', `The run was stopped by ${signal}`, { signal }, error);
  }
  return error;
};
