import { redact } from '../../config/redact.ts';
import { errorPolicies } from '../../errors/error-codes.ts';
import type { RunEvent } from '../../pipeline/run-event.ts';
import { printable } from '../../report/text/printable.ts';
import { formatCount, formatDocuments, formatDuration } from '../../report/text/quantities.ts';

/** What a stop costs and how to have it at once. */
export const stoppingLine = (signal: string): string =>
  `Stopping after the current chunk (${signal}); another Ctrl-C stops at once`;

/** An event in one line; undefined for those that only move a counter. */
export const describeEvent = (event: RunEvent): string | undefined => {
  const line = words(event);
  return line === undefined ? undefined : printable(redact(line));
};

const words = (event: RunEvent): string | undefined => {
  switch (event.kind) {
    case 'run-started':
      return `Run ${event.runId} ${event.resumed ? 'goes on' : 'starts'} with ${formatCount(event.workers)} ${event.workers === 1 ? 'worker' : 'workers'}`;
    case 'step-finished':
      return `${event.table}: ${event.step} in ${formatDuration(event.seconds)}`;
    case 'set-aside':
      return `${event.collection}: ${formatDocuments(event.documents)} set aside (${event.code})`;
    case 'retrying':
      return `${errorPolicies[event.code].cause}; attempt ${event.attempt} in ${formatDuration(event.delayMs / 1000)}`;
    case 'collection-stopped':
      return `${event.collection} stopped: ${event.message}`;
    case 'stopping':
      return stoppingLine(event.signal);
    case 'validation-started':
      return `Validating (${event.level})`;
    case 'notice':
      return event.message;
    case 'collection-planned':
    case 'chunk-committed':
    case 'collection-loaded':
    case 'documents-read':
    case 'collection-read':
    case 'step-started':
    case 'sync-progress':
      return undefined;
  }
};
