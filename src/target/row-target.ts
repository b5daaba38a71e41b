import type { ChunkRecord, RangeWriter } from '../checkpoint/checkpoint-store.ts';
import type { DocrowError } from '../errors/docrow-error.ts';

/** Rows in the target's own binary form, whole rows only. */
export interface RowPage {
  readonly memory: { readonly bytes: Buffer };
  /** Bytes that count. */
  readonly length: number;
  /** Gives the memory back to the encoder. Called once, when no byte of it waits to be sent. */
  release(): void;
}

/** A table that rows are written to, with the columns in the order of their fields. */
export interface TargetTable {
  /** `state` is docrow's own schema, `mapped` the one that the mapping's tables are in. */
  readonly place: 'mapped' | 'state';
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * The contract of what rows are loaded into. One instance writes one chunk at a time.
 *
 * A chunk becomes durable as a whole in `commit`, or not at all: its rows, its rejections and the range's checkpoint
 * are one transaction. `write` means accepted, not durable.
 */
export interface RowTarget {
  /**
   * Where a range stands. Waits for the outcome of a commit whose answer was lost, so what it says is final.
   * @throws DocrowError `run-fenced`
   */
  readPosition(writer: RangeWriter): Promise<{ position: Uint8Array | undefined; isDone: boolean }>;

  openChunk(writer: RangeWriter, tables: readonly TargetTable[]): Promise<TargetChunk>;

  /** Marks the range as read to its end. */
  finishRange(writer: RangeWriter): Promise<void>;

  close(): Promise<void>;
}

export interface TargetChunk {
  /**
   * Hands a page over. Pages of one table come together, tables in the order of `openChunk`.
   * @throws DocrowError `row-refused` when the target does not take a row: roll back, then find it with `tryRows`
   */
  write(table: number, page: RowPage): Promise<void>;

  /**
   * Writes rows of all tables, or none of them, and leaves the chunk usable either way.
   * @returns what the target has against them
   */
  tryRows(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined>;

  /**
   * Which of the first table's rows share a unique value with a row that is there, told at one look. Leaves the chunk
   * usable.
   * @param pages rows of the first table
   * @param problem what `tryRows` said of them
   * @returns positions in the order of `pages`, from 0; none where it is not about such a value
   */
  findTaken(pages: readonly RowPage[], problem: DocrowError): Promise<readonly number[]>;

  /** From here on `tryRows` sees what deferred constraints would only see in `commit`. */
  checkAtOnce(): Promise<void>;

  /**
   * Makes the chunk durable, and records with it how many rows each table took.
   * @param after position that the checkpoint must stand at, else another writer was here
   * @throws DocrowError `run-fenced`, `row-refused`, `target-unreachable`
   */
  commit(record: ChunkRecord, after: Uint8Array | undefined): Promise<void>;

  /** Nothing of the chunk remains. Does not throw when the connection is lost. */
  rollback(): Promise<void>;
}
