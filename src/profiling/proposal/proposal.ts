import type { ValueProfile } from '../profile.ts';
import type { Evidence } from './evidence.ts';

/**
 * A proposed mapping between the profile that it is made from and the YAML that it becomes. What later steps add to
 * (names, references, indexes) can be changed; everything else is fixed where it is made.
 */

/** How the values of one place are stored. */
export interface TypeChoice {
  /** As a mapping writes it: `bigint`, `text[]`, `jsonb`. */
  readonly type: string;
  readonly json?: 'canonical' | undefined;
  readonly convert?: 'hex' | 'ejson' | 'uuidv5' | undefined;
  readonly nul?: 'escape' | 'rest' | undefined;
  /** Values of other types, which `mismatch: rest` keeps; 0 where the type holds all of them. */
  readonly outliers: number;
  /** Why it is what it is, where the counts alone do not say it. */
  readonly reason?: string | undefined;
}

/** A step of a path from the root of a document to the values of a column, also through arrays. */
export type ValueStep = string | typeof eachElement;

/** Goes on with every element of an array. */
export const eachElement: unique symbol = Symbol('each element');

/** What becomes of one field of the objects that a table's rows are made from. */
export type FieldPlan =
  | {
      readonly kind: 'column';
      /** From the document, or from the element; empty for the element itself. */
      readonly path: readonly string[];
      readonly value: ValueProfile;
      readonly choice: TypeChoice;
    }
  | {
      readonly kind: 'child';
      /** Empty where the parent's element is the array. */
      readonly path: readonly string[];
      readonly value: ValueProfile;
      /** Rows of the child table. */
      readonly elements: number;
      readonly fields: readonly FieldPlan[];
    };

/** What a person should look at, in a sentence without a full stop. */
export interface Decision {
  readonly table: string;
  /** Undefined where the whole table is meant. */
  readonly column?: string | undefined;
  readonly text: string;
}

export interface ProposedColumn {
  readonly name: string;
  /** As the mapping writes it. */
  readonly from: string;
  /** Path from what the row is made from; undefined for `$index` and `^column`. */
  readonly path: readonly string[] | undefined;
  readonly value: ValueProfile | undefined;
  /** Undefined for `^column`, which takes the type of the parent's column. */
  choice: TypeChoice | undefined;
  isUnique: boolean;
  references: { readonly table: string; readonly column: string; readonly allowOrphans: boolean } | undefined;
  /** The comment behind it; undefined for columns that no field of the source is in. */
  readonly evidence: Evidence | undefined;
  /** Comments above it, a line each. */
  readonly notes: string[];
}

export interface ProposedIndex {
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  readonly method: 'btree' | 'hash' | 'gin';
  readonly where: string | undefined;
  readonly name: string | undefined;
  readonly evidence: string;
}

export interface ProposedTable {
  readonly name: string;
  readonly parent: ProposedTable | undefined;
  /** As the mapping writes it; undefined for the root table. */
  readonly each: string | undefined;
  /** From the document's root to what a row is made from. */
  readonly steps: readonly ValueStep[];
  readonly rows: number;
  readonly key: readonly string[];
  readonly columns: ProposedColumn[];
  readonly rest: string;
  readonly indexes: ProposedIndex[];
  /** Comments above the table, a line each. */
  readonly notes: string[];
  /** Comments below its indexes: what cannot be said as one. */
  readonly indexNotes: string[];
}

export interface ProposedCollection {
  readonly collection: string;
  /** `mappings/orders.yaml` */
  readonly file: string;
  /** Comment at the top, a paragraph each. */
  readonly header: readonly string[];
  /** Root first, parents before children. */
  readonly tables: readonly ProposedTable[];
  readonly decisions: Decision[];
}
