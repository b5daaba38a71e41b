import { describe, expect, test } from 'vitest';
import { type Sighting, settleDifferences } from '../../../src/validation/settle-differences.ts';

const never = new AbortController().signal;
const seenAt = new Date('2026-01-02T03:04:05Z');
const firstSeenAt = seenAt.toISOString();
const suspect = (key: string, sides: string) => ({ key, sides, finding: `${key} ${sides}`, seenAt });

/** Gives what each look finds, one list per look, and records what was asked. */
function looks(...found: readonly (readonly Sighting<string>[])[]) {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    lookAgain: async (keys: readonly string[]) => {
      asked.push(keys);
      return found[asked.length - 1]!.filter(({ key }) => keys.includes(key));
    },
  };
}
const wrong = (key: string, sides: string): Sighting<string> => ({ key, sides, finding: `${key} ${sides}` });
const right = (key: string): Sighting<string> => ({ key, sides: '', finding: undefined });

describe('settleDifferences', () => {
  test('believes what stood still, forgets what is right by now, and looks at the rest once more', async () => {
    const { asked, lookAgain } = looks(
      [wrong('stands', '1'), right('arrived'), wrong('stops', '2'), wrong('late', '2'), wrong('moves', '2')],
      [wrong('stops', '2'), right('late'), wrong('moves', '3')],
    );
    const suspects = ['stands', 'arrived', 'stops', 'late', 'moves', 'gone'].map((key) => suspect(key, '1'));
    expect(await settleDifferences(suspects, lookAgain, never, [0, 0])).toEqual([
      { key: 'stands', finding: 'stands 1', state: 'standing', firstSeenAt },
      { key: 'arrived', finding: undefined, state: 'standing', firstSeenAt },
      { key: 'gone', finding: undefined, state: 'standing', firstSeenAt },
      { key: 'stops', finding: 'stops 2', state: 'standing', firstSeenAt },
      { key: 'late', finding: undefined, state: 'standing', firstSeenAt },
      { key: 'moves', finding: 'moves 3', state: 'moving', firstSeenAt },
    ]);
    expect(asked).toEqual([
      ['stands', 'arrived', 'stops', 'late', 'moves', 'gone'],
      ['stops', 'late', 'moves'],
    ]);
  });

  test('does not look when nothing is suspect', async () => {
    const { asked, lookAgain } = looks();
    expect(await settleDifferences([], lookAgain, never)).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('is stopped in a pause', async () => {
    const stop = new AbortController();
    const { lookAgain } = looks([]);
    const settling = settleDifferences(
      [{ ...suspect('a', '1'), seenAt: new Date() }],
      lookAgain,
      stop.signal,
      [600_000],
    );
    stop.abort();
    await expect(settling).rejects.toMatchObject({ code: 'interrupted' });
  });
});
