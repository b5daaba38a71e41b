import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress } from '../../../src/cli/progress/create-progress.ts';
import { SyncBoard } from '../../../src/cli/progress/sync-board.ts';
import { syncHeadline, syncRow, syncTitles } from '../../../src/cli/progress/sync-table.ts';
import type { RunEvent, SyncedCollection } from '../../../src/pipeline/run-event.ts';
import { TextStream } from './memory-terminal.ts';

const start = Date.UTC(2026, 2, 1, 8, 15, 0);

let now = 0;
const clock = (): number => now;
beforeEach(() => {
  now = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const collection = (name: string, more: Partial<SyncedCollection> = {}): SyncedCollection => ({
  collection: name,
  lagSeconds: 0,
  eventsPerSecond: 0,
  events: 0,
  changed: 0,
  deleted: 0,
  unchanged: 0,
  rejected: 0,
  ...more,
});

const event = (lagSeconds: number, ...collections: readonly SyncedCollection[]): RunEvent => ({
  kind: 'sync-progress',
  sourceTime: new Date(start + Math.floor(now / 1000) * 1000),
  lagSeconds,
  collections,
});

describe('plain', () => {
  /** Goes on for `seconds`, with what `at` tells each second. */
  const during = (
    seconds: number,
    progress: (event: RunEvent) => void,
    at: (second: number) => RunEvent | undefined,
  ): void => {
    for (let second = 0; second < seconds; second++) {
      now += 1000;
      const told = at(now / 1000);
      if (told !== undefined) progress(told);
      vi.advanceTimersByTime(1000);
    }
  };

  test('a line every five seconds while something moves, with the rates since the line before', () => {
    const stream = new TextStream();
    const progress = createProgress('plain', stream, clock);
    during(10, progress, (second) =>
      event(
        2,
        collection('tasks', { eventsPerSecond: 120, events: second * 100, changed: second * 90, deleted: 3 }),
        collection('users', { events: 7, eventsPerSecond: 0, changed: 7, rejected: 1 }),
        collection('quiet'),
      ),
    );
    progress.close();
    expect(stream.text).toBe(
      'Source time 2026-03-01 08:15:05 UTC, 2 s behind  tasks 120/s  457 changed  3 deleted  1 set aside\n' +
        'Source time 2026-03-01 08:15:10 UTC, 2 s behind  tasks 100/s  907 changed  3 deleted  1 set aside\n',
    );
  });

  test('a quiet night has a line per minute', () => {
    const stream = new TextStream();
    const progress = createProgress('plain', stream, clock);
    during(3600, progress, () => event(0, collection('tasks', { events: 5, changed: 5 })));
    progress.close();
    const lines = stream.text.trimEnd().split('\n');
    expect(lines).toHaveLength(60);
    expect(lines[1]).toBe('In step with the source as of 2026-03-01 08:16:05 UTC  5 changed  0 deleted');
  });

  test('what was told last is not taken for the present', () => {
    const stream = new TextStream();
    const progress = createProgress('plain', stream, clock);
    during(130, progress, (second) => (second > 5 ? undefined : event(0)));
    progress.close();
    const lines = stream.text.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe(
      'Source time 2026-03-01 08:15:05 UTC, no news for 2 min 00 s  0 changed  0 deleted',
    );
  });

  test('a run that ends at once says nothing, and names that could move the cursor are written out', () => {
    const stream = new TextStream();
    const progress = createProgress('plain', stream, clock);
    progress(event(0, collection('tasks', { events: 1 })));
    progress.close();
    expect(stream.text).toBe('');
    const second = createProgress('plain', stream, clock);
    const names = ['a\u001b[2J', 'b', 'c', 'd', 'e', 'f', 'g'];
    during(5, second, () =>
      event(1, ...names.map((name) => collection(name, { events: 1, eventsPerSecond: 2 }))),
    );
    second.close();
    expect(stream.text).toContain('a\\u001b[2J 2.0/s, b 2.0/s, c 2.0/s, d 2.0/s, e 2.0/s and 2 more');
  });
});

describe('on a terminal', () => {
  const board = (): SyncBoard => {
    const made = new SyncBoard(clock);
    made.take(
      event(
        75,
        collection('tasks', {
          lagSeconds: 75,
          eventsPerSecond: 1234.5,
          events: 9,
          changed: 4512,
          deleted: 12,
          rejected: 3,
        }),
        collection('a_collection_with_a_name_that_is_longer_than_any_column'),
        collection('gone', { lagSeconds: 3 }),
      ),
    );
    return made;
  };

  test('one line per collection, below the source time', () => {
    const made = board();
    made.take({
      kind: 'collection-stopped',
      collection: 'gone',
      code: 'collection-gone',
      message: 'dropped',
    });
    expect(syncHeadline(made, now, 80)).toBe('Source time 2026-03-01 08:15:00 UTC, 1 min 15 s behind');
    expect(syncTitles(80)).toMatch(/^Collection +Lag +Events +Changed +Deleted +Set aside$/);
    expect(syncRow(made, 'tasks', 80)).toMatch(/^tasks +1 min 15 s +1,235\/s +4,512 +12 +3$/);
    expect(syncRow(made, 'gone', 80)).toMatch(/^gone +stopped +0\/s/);
  });

  test.each([60, 80, 120, 200])('all lines are equally long and fit into %d columns', (width) => {
    const made = board();
    const lines = [
      syncTitles(width),
      ...made.latest!.collections.map((line) => syncRow(made, line.collection, width)),
    ];
    for (const line of lines) expect(line.length).toBe(lines[0]!.length);
    expect(lines[0]!.length).toBeLessThan(width);
    expect(syncHeadline(made, now, width).length).toBeLessThan(width);
  });

  test('the board is drawn, limited to the screen, and gives the cursor back', () => {
    const stream = new TextStream(true);
    const progress = createProgress('auto', stream, clock);
    const many = Array.from({ length: 40 }, (_, n) => collection(`c${n}`, { events: n, changed: n }));
    progress(event(0, ...many));
    now = 1000;
    progress(event(0, ...many));
    vi.advanceTimersByTime(1000);
    expect(stream.text).toContain('In step with the source as of 2026-03-01 08:15:01 UTC');
    expect(stream.text).toContain('c17');
    expect(stream.text).not.toContain('c18');
    expect(stream.text).toContain('… and 22 more');
    progress.close();
    expect(stream.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?25l'));
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('json writes the event as it is', () => {
  const stream = new TextStream();
  const progress = createProgress('json', stream, clock);
  progress(event(2, collection('tasks', { events: 1 })));
  expect(JSON.parse(stream.text)).toMatchObject({
    kind: 'sync-progress',
    sourceTime: '2026-03-01T08:15:00.000Z',
    lagSeconds: 2,
    collections: [{ collection: 'tasks', events: 1 }],
  });
});
