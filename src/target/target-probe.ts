import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RowPage } from './row-target.ts';

/** A privilege that a load needs and the role does not have. */
export interface LackingPrivilege {
  readonly purpose: string;
  readonly statement: string;
}

/** Rows of one table to be timed with. */
export interface ProbeTable {
  /** Column names with their SQL types, in the order of the fields. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Columns of the primary key; undefined of docrow's own table of document keys. */
  readonly key: readonly string[] | undefined;
  readonly pages: readonly RowPage[];
}

/** What a table cost; bytes are those that PostgreSQL uses on its disk. */
export interface ProbedTable {
  readonly copySeconds: number;
  readonly tableBytes: number;
  readonly indexSeconds: number;
  /** Of one index, over the key. */
  readonly indexBytes: number;
}

/**
 * The contract for asking a target before a load. Nothing of it is left in the target: not a table, not a schema.
 */
export interface TargetProbe {
  /** @param schema the one that the tables are to be in */
  lackingPrivileges(
    schema: string,
    collections: readonly CollectionMapping[],
  ): Promise<readonly LackingPrivilege[]>;
  /**
   * Copies rows into temporary tables, in a transaction that is rolled back.
   * @returns undefined when the role may not have temporary tables
   */
  timeRows(tables: readonly ProbeTable[]): Promise<readonly ProbedTable[] | undefined>;
}
