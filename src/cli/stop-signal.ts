import type { StopSignal } from '../pipeline/use-cases.ts';

export type SignalName = 'SIGINT' | 'SIGTERM';

/** Where signals come from: `process`, but for tests. */
export interface SignalSource {
  on(name: SignalName, listener: (name: SignalName) => void): unknown;
  off(name: SignalName, listener: (name: SignalName) => void): unknown;
}

const names: readonly SignalName[] = ['SIGINT', 'SIGTERM'];

/**
 * Turns signals into a stop: the first is soft, the second hard. After the second the system's own behaviour is
 * back, so that a third ends a process that hangs.
 *
 * @param onFirst told once, when the first signal comes
 */
export const listenForStop = (
  source: SignalSource,
  onFirst: (name: SignalName) => void,
): StopSignal & { close(): void } => {
  const soft = new AbortController();
  const hard = new AbortController();
  let first: SignalName | undefined;
  const take = (name: SignalName): void => {
    if (first !== undefined) {
      close();
      hard.abort();
      return;
    }
    first = name;
    onFirst(name);
    soft.abort();
  };
  const close = (): void => {
    for (const name of names) source.off(name, take);
  };
  for (const name of names) source.on(name, take);
  return { soft: soft.signal, hard: hard.signal, name: () => first, close };
};
