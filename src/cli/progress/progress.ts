import type { RunEventListener } from '../../pipeline/run-event.ts';

/** Shows a run while it works. `close` leaves the terminal as it was; nothing is shown afterwards. */
export type Progress = RunEventListener & { close(): void };

export type ProgressMode = 'auto' | 'plain' | 'json' | 'none';

/** Where progress goes: a terminal or something that is none. */
export type ProgressStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};
