import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Memory } from './memory.ts';

/**
 * Brings JSON text into the form in which PostgreSQL prints a jsonb: keys ordered by their length in bytes and then by
 * their bytes, `": "` and `", "` between the parts, numbers as numeric prints them.
 */
export interface JsonbNormalizer {
  /**
   * Rewrites the text in [at, end) where it stands.
   * @returns the position after the text
   * @throws RangeError when the memory is too small
   */
  normalize(memory: Memory, at: number, end: number): number;
}

/** How the columns of a collection that hold JSON are written. */
export interface JsonbRules {
  readonly duplicates: CollectionMapping['duplicates'];
  /** Where there is one, jsonb is written in the form in which PostgreSQL prints it, else without spaces. */
  readonly normalizer: JsonbNormalizer | undefined;
}
