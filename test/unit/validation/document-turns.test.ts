import { expect, test } from 'vitest';
import { DocumentTurns } from '../../../src/validation/document-turns.ts';

test.each([
  ['a large document', 1_000_000, 1],
  ['some small ones', 100, 16],
])('what came in the meantime is let in after %s', async (_, bytes, most) => {
  const stop = new AbortController();
  const turns = new DocumentTurns(stop.signal);
  setImmediate(() => stop.abort());
  let documents = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      await turns.before(bytes);
      documents++;
    }
  };
  await expect(work()).rejects.toMatchObject({ code: 'interrupted' });
  expect(documents).toBe(most);
});
