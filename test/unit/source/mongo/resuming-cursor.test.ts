import { MongoNetworkError, MongoServerError } from 'mongodb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DocumentPage, PageCursor } from '../../../../src/source/mongo/document-page.ts';
import { ResumingCursor } from '../../../../src/source/mongo/resuming-cursor.ts';

const page: DocumentPage = {
  bytes: Buffer.alloc(0),
  view: new DataView(new ArrayBuffer(0)),
  starts: new Int32Array(0),
  count: 0,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A cursor that does what it is told, step by step; `fail` counts as lost. */
function scripted(steps: ('page' | 'fail' | 'end')[], opened: { count: number }): () => Promise<PageCursor> {
  return async () => {
    opened.count++;
    return {
      next: async () => {
        const step = steps.shift() ?? 'fail';
        if (step === 'fail') throw new MongoNetworkError('lost');
        return step === 'page' ? page : undefined;
      },
      close: async () => {},
    };
  };
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  await vi.advanceTimersByTimeAsync(600_000);
  return promise;
}

it('gives up after a bounded number of attempts', async () => {
  const opened = { count: 0 };
  const cursor = new ResumingCursor(scripted([], opened), new AbortController().signal);
  await expect(settled(cursor.next())).rejects.toBeInstanceOf(MongoNetworkError);
  expect(opened.count).toBe(9);
});

it('counts attempts anew after each page', async () => {
  const opened = { count: 0 };
  const fails = Array<'fail'>(8).fill('fail');
  const steps = [...fails, 'page' as const, ...fails, 'page' as const, ...fails, 'end' as const];
  const cursor = new ResumingCursor(scripted(steps, opened), new AbortController().signal);
  expect(await settled(cursor.next())).toEqual({ page, reopened: true });
  expect(await settled(cursor.next())).toEqual({ page, reopened: true });
  expect(await settled(cursor.next())).toBeUndefined();
});

it('says which page is the first of a cursor', async () => {
  const cursor = new ResumingCursor(scripted(['page', 'page'], { count: 0 }), new AbortController().signal);
  expect(await cursor.next()).toMatchObject({ reopened: true });
  expect(await cursor.next()).toMatchObject({ reopened: false });
});

it('does not try again what will not pass', async () => {
  let opened = 0;
  const refuse = async (): Promise<PageCursor> => {
    opened++;
    return {
      next: () => Promise.reject(new MongoServerError({ message: 'no', code: 13 })),
      close: async () => {},
    };
  };
  const cursor = new ResumingCursor(refuse, new AbortController().signal);
  await expect(settled(cursor.next())).rejects.toMatchObject({ code: 13 });
  expect(opened).toBe(1);
});
