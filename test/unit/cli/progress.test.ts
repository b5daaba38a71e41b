import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { barLine } from '../../../src/cli/progress/bar-line.ts';
import { createProgress } from '../../../src/cli/progress/create-progress.ts';
import { RunBoard } from '../../../src/cli/progress/run-board.ts';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import { TextStream } from './memory-terminal.ts';

const planned: RunEvent = {
  kind: 'collection-planned',
  collection: 'tasks',
  estimatedDocuments: 1000,
  ranges: 1,
  alreadyRead: 100,
};
const chunk: RunEvent = {
  kind: 'chunk-committed',
  collection: 'tasks',
  read: 400,
  loaded: 397,
  rejected: 3,
  filtered: 0,
  bytes: 4_000_000,
};
const loaded: RunEvent = { kind: 'collection-loaded', collection: 'tasks' };
const stopping: RunEvent = { kind: 'stopping', signal: 'SIGINT' };

let now = 0;
const clock = (): number => now;
beforeEach(() => {
  now = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('plain', () => {
  test('a line every five seconds for each collection that moves, and one at its end', () => {
    const stream = new TextStream();
    const progress = createProgress('plain', stream, clock);
    progress(planned);
    progress(chunk);
    now = 5000;
    vi.advanceTimersByTime(5000);
    progress(loaded);
    vi.advanceTimersByTime(20_000);
    progress.close();
    progress(chunk);
    expect(stream.text).toBe(
      'tasks: 50%  500 of 1,000  80/s  800 kB/s  6.3 s left  3 set aside\ntasks: 500 documents read in 5.0 s, 3 set aside\n',
    );
  });

  test('steps after the load, and what happens on the way', () => {
    const stream = new TextStream();
    const progress = createProgress('auto', stream, clock);
    progress({ kind: 'step-started', table: 'tasks', step: 'primary key' });
    vi.advanceTimersByTime(5000);
    progress({ kind: 'step-finished', table: 'tasks', step: 'primary key', seconds: 7.25 });
    progress({ kind: 'notice', message: 'Reads from mongodb://u:canary@h \u001b[2J' });
    progress.close();
    expect(stream.text).toBe(
      'tasks: primary key …\ntasks: primary key in 7.3 s\nReads from mongodb://u:***@h \\u001b[2J\n',
    );
  });
});

test.each(['plain', 'none', 'auto'] as const)('a stop is acknowledged once in mode %s', (mode) => {
  const stream = new TextStream();
  const progress = createProgress(mode, stream, clock);
  progress(stopping);
  progress(stopping);
  progress.close();
  expect(stream.text).toBe('Stopping after the current chunk (SIGINT); another Ctrl-C stops at once\n');
});

test('none says nothing else', () => {
  const stream = new TextStream();
  const progress = createProgress('none', stream, clock);
  for (const event of [planned, chunk, loaded]) progress(event);
  progress.close();
  expect(stream.text).toBe('');
});

test('json writes every event as a line', () => {
  const stream = new TextStream();
  const progress = createProgress('json', stream, clock);
  progress(chunk);
  progress(loaded);
  const events = stream.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toEqual([
    { at: expect.any(String), ...chunk },
    { at: expect.any(String), ...loaded },
  ]);
});

describe('bars on a terminal', () => {
  test('give the cursor and the line wrapping back, and lose no line', () => {
    const stream = new TextStream(true);
    const progress = createProgress('auto', stream, clock);
    for (const event of [planned, chunk, loaded]) progress(event);
    progress({ kind: 'notice', message: 'the last word' });
    progress.close();
    expect(stream.text).toContain('the last word');
    expect(stream.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?25l'));
    expect(stream.text.lastIndexOf('\u001b[?7h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?7l'));
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([60, 80, 120])('fit into %d columns', (width) => {
    const board = new RunBoard(clock);
    board.take({
      ...planned,
      collection: 'a_collection_with_a_rather_long_name',
      estimatedDocuments: 133_910_000,
    });
    board.take({ ...chunk, collection: 'a_collection_with_a_rather_long_name', read: 60_000_000 });
    now = 10_000;
    const line = barLine(board.collection('a_collection_with_a_rather_long_name'), now, width);
    expect(line.length).toBeLessThan(width);
    expect(line).toContain(' 44%');
    expect(line).toMatch(/█+░+/);
  });

  test('without an estimate there is a count instead of a bar', () => {
    const board = new RunBoard(clock);
    board.take({ ...planned, estimatedDocuments: undefined });
    board.take(chunk);
    now = 1000;
    const line = barLine(board.collection('tasks'), now, 80);
    expect(line).toMatch(/^tasks +500 +400\/s +4\.0 MB\/s +3 set aside$/);
  });
});
