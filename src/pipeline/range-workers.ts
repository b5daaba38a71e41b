import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import type { RangeTask } from './copy-range.ts';

/**
 * The contract of what copies ranges: several at once, each by a reader, encoder and writer of its own.
 * A lost connection is made again and the range goes on after its last commit; other errors are thrown.
 */
export interface RangeWorkers {
  /** Ranges that are copied at the same time. */
  readonly count: number;
  /**
   * @param onChunk called after each commit with the counts of that chunk
   * @returns false when it was stopped before the range's end
   */
  copyRange(task: RangeTask, onChunk: (counts: RangeCounts) => void): Promise<boolean>;
}
