import type { CollectionMapping } from '../mapping/mapping.ts';

/** A sequence that would give a value which the table holds already, or has passed. */
export interface SequenceBehind {
  /** As SQL names it, with its schema. */
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
  /** What it has to stand at, so that the next value is a new one. */
  readonly value: string;
}

/** What a switch asks of the tables: whether they are ready to be written by an application. */
export interface CutoverTarget {
  /** Constraints that are missing, not validated or not enforced, in words. */
  unfitConstraints(collections: readonly CollectionMapping[]): Promise<readonly string[]>;
  /** Indexes of these tables that are missing, or not valid, in words. */
  unfitIndexes(collections: readonly CollectionMapping[]): Promise<readonly string[]>;
  /** Sequences of identity columns and defaults of these tables that are behind. */
  sequencesBehind(collections: readonly CollectionMapping[]): Promise<readonly SequenceBehind[]>;
  setSequences(sequences: readonly SequenceBehind[]): Promise<void>;
  /** Tables of which the planner knows nothing. */
  tablesNotAnalyzed(collections: readonly CollectionMapping[]): Promise<readonly string[]>;
  analyze(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
