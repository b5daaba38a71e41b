import { redactDeep } from '../../config/redact.ts';
import type { RunEvent } from '../../pipeline/run-event.ts';
import type { Progress } from './progress.ts';

/** Every event as one line of JSON, with the time. */
export const createJsonProgress = (write: (text: string) => void): Progress => {
  const take = (event: RunEvent): void =>
    write(`${JSON.stringify(redactDeep({ at: new Date().toISOString(), ...event }))}\n`);
  return Object.assign(take, { close: () => undefined });
};
