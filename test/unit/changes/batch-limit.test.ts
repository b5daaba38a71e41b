import { describe, expect, it } from 'vitest';
import { BatchLimit } from '../../../src/changes/batch-limit.ts';

const megabyte = 1024 * 1024;

/** The limit after so many full batches of documents of this size and speed. */
function limitAfter(batches: number, bytesEach: number, secondsEach: number): number {
  const limit = new BatchLimit();
  for (let batch = 0; batch < batches; batch++) {
    const { documents } = limit;
    limit.learn({ documents, bytes: documents * bytesEach, seconds: documents * secondsEach });
  }
  return limit.documents;
}

describe('BatchLimit', () => {
  it('grows with full batches of small documents, up to its end', () => {
    expect(limitAfter(1, 500, 1e-5)).toBe(2_000);
    expect(limitAfter(10, 500, 1e-5)).toBe(10_000);
  });

  it('shrinks where documents are large, or slow', () => {
    expect(limitAfter(3, 4 * megabyte, 1e-5)).toBe(50);
    expect(limitAfter(3, 500, 0.01)).toBe(200);
  });

  it('does not grow by batches that were not full', () => {
    const limit = new BatchLimit();
    for (let batch = 0; batch < 5; batch++) limit.learn({ documents: 10, bytes: 5_000, seconds: 0.001 });
    expect(limit.documents).toBe(1_000);
  });

  it('learns nothing from an empty batch', () => {
    const limit = new BatchLimit();
    limit.learn({ documents: 0, bytes: 0, seconds: 1 });
    expect(limit.documents).toBe(1_000);
  });
});
