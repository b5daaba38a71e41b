/**
 * Something that is done to ranges of the source, one at a time. Tasks, notes and results survive structured cloning,
 * so that it can be done on any thread.
 */
export interface RangeWork<Task, Note, Result> {
  /** @param tell takes what happens on the way, in order */
  run(task: Task, tell: (note: Note) => void): Promise<Result>;
  /** Asks the task that runs now to end: where it can, or at once. */
  stop(how: 'soft' | 'hard'): void;
  close(): Promise<void>;
}
