import { expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { runTogether } from '../../../src/validation/digests/run-together.ts';

const never = new AbortController().signal;

/** Ends only when it is stopped, and then some time later. */
function untilStopped(ended: string[], name: string) {
  return (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () =>
        setImmediate(() => {
          ended.push(name);
          reject(new DocrowError('interrupted', 'Stopped'));
        }),
      );
    });
}

test('gives the results in their order', async () => {
  const slow = async () => new Promise<string>((resolve) => setImmediate(resolve, 'slow'));
  expect(await runTogether<[string, number]>(never, [slow, async () => 2])).toEqual(['slow', 2]);
  expect(await runTogether<[]>(never, [])).toEqual([]);
});

test('the first failure stops the others, and is thrown when all have ended', async () => {
  const ended: string[] = [];
  const failing = async () => {
    throw new DocrowError('source-corrupt', 'Damaged');
  };
  const running = runTogether<readonly unknown[]>(never, [
    untilStopped(ended, 'a'),
    failing,
    untilStopped(ended, 'b'),
  ]);
  await expect(running).rejects.toMatchObject({ code: 'source-corrupt' });
  expect(ended).toEqual(['a', 'b']);
});

test('a signal from outside stops all', async () => {
  const ended: string[] = [];
  const stop = new AbortController();
  const running = runTogether<readonly unknown[]>(stop.signal, [
    untilStopped(ended, 'a'),
    untilStopped(ended, 'b'),
  ]);
  stop.abort();
  await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  expect(ended).toEqual(['a', 'b']);
});
