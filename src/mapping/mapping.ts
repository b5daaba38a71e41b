/**
 * The mapping after it was read, checked and completed with its defaults: what the encoder, the DDL and the
 * validation are compiled from. The YAML language itself is in mapping-schema.ts.
 */

/**
 * A path into a document: keys from the root of what a row is made from (the document, or the array element of a child
 * table), never empty. Array positions cannot be addressed.
 */
export type DocumentPath = readonly string[];

/** Where a column's value comes from. */
export type ColumnSource =
  | { readonly kind: 'path'; readonly path: DocumentPath }
  /** The time inside an ObjectId `_id`; absent for other kinds of `_id`. */
  | { readonly kind: 'id-time' }
  /** One instant per run, stored with the run, so that a resumed run writes the same value. */
  | { readonly kind: 'run-time' }
  /** Child tables only: the element's position in its array, from 0. */
  | { readonly kind: 'index' }
  /** Child tables only: the array element itself. */
  | { readonly kind: 'item' }
  /** Child tables only, and then the one source of the column: what a column of the parent row holds. */
  | { readonly kind: 'parent'; readonly column: string };

/** PostgreSQL types without a parameter that a column can have. */
export type PlainTypeName =
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'numeric'
  | 'real'
  | 'double precision'
  | 'boolean'
  | 'text'
  | 'varchar'
  | 'uuid'
  | 'bytea'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'jsonb'
  | 'json';

export interface ColumnType {
  readonly name: PlainTypeName;
  /** True for a one-dimensional array of `name`; never with json or jsonb. */
  readonly array: boolean;
  /** Most characters, for varchar(n). */
  readonly length?: number;
  /** For numeric(precision, scale). */
  readonly precision?: number;
  readonly scale?: number;
}

export type ConvertName = 'uuidv5' | 'ejson' | 'hex' | 'epoch-ms' | 'epoch-s' | 'iso' | 'text' | 'base64';

/** What happens to a value that the column's type cannot hold without loss. */
export type MismatchPolicy = 'reject' | 'null' | 'rest';
export type NulPolicy = 'reject' | 'strip' | 'escape' | 'rest';
export type JsonForm = 'natural' | 'canonical';
export type OrphanPolicy = 'reject' | 'null' | 'allow';

/** A value written in YAML: a default or a value allowed by `check`. Not yet converted to the column's type. */
export type YamlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

export interface ColumnReference {
  readonly table: string;
  readonly column: string;
  readonly orphans: OrphanPolicy;
}

export interface ColumnMapping {
  readonly name: string;
  /** Tried in order; the first that is present gives the value. At least one. */
  readonly from: readonly ColumnSource[];
  /** Go on past a source whose value is null. */
  readonly skipNull: boolean;
  readonly type: ColumnType;
  readonly required: boolean;
  /** The value when no source is present; undefined where the mapping gives none (null is a default too). */
  readonly default: YamlValue | undefined;
  /** Use `default` for a BSON null as well. */
  readonly nullDefault: boolean;
  readonly mismatch: MismatchPolicy;
  readonly nul: NulPolicy;
  readonly json: JsonForm;
  readonly convert: ConvertName | undefined;
  /** Name of a function exported by the transform file. */
  readonly transform: string | undefined;
  /** Values that are allowed besides null. */
  readonly check: readonly (string | number | boolean)[] | undefined;
  readonly unique: boolean;
  readonly references: ColumnReference | undefined;
}

export interface RestColumn {
  readonly name: string;
}

/** Where the rows of a child table come from: one per element of an array. */
export interface EachElement {
  /** Name of the parent table: the root table, or another child table. */
  readonly parent: string;
  /** Path of the array in what the parent's row is made from; empty where the parent's element is the array. */
  readonly path: DocumentPath | readonly [];
  /** Columns of the child table that hold the parent's key, in its order: the first of the child's key. */
  readonly parentKey: readonly string[];
  /**
   * What happens to a value at `path` that is no array, and to an element that no column can take as a whole:
   * the document is rejected, or the value stays, exactly, in the rest column of the parent, the element in that of
   * the child.
   */
  readonly mismatch: 'reject' | 'rest';
}

export interface IndexMapping {
  /** Quoted nowhere yet; after safe-name rules. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** A PostgreSQL predicate, pasted as the user's own SQL. */
  readonly where: string | undefined;
  readonly method: 'btree' | 'hash' | 'gin' | 'gist' | 'brin';
}

/** Names of constraints, after the 63-byte rule. */
export interface ConstraintNames {
  readonly primaryKey: string;
  /** Per unique column. */
  readonly unique: Readonly<Record<string, string>>;
  readonly foreignKey: Readonly<Record<string, string>>;
  readonly check: Readonly<Record<string, string>>;
  /** Of the foreign key from a child table to its parent; undefined where a column's `references` says the same. */
  readonly parentKey: string | undefined;
}

export interface TableMapping {
  readonly name: string;
  /** Undefined for the root table, which has one row per document. */
  readonly each: EachElement | undefined;
  /** Columns of the primary key, in order; at least one. */
  readonly key: readonly string[];
  readonly columns: readonly ColumnMapping[];
  /** One jsonb column that takes every field that nothing else took. */
  readonly rest: RestColumn | undefined;
  readonly unmapped: 'reject' | 'ignore';
  readonly indexes: readonly IndexMapping[];
  readonly constraintNames: ConstraintNames;
}

export interface CollectionMapping {
  /** Name of the collection in the source. */
  readonly collection: string;
  /** The mapping file, relative to the project folder, with forward slashes. */
  readonly file: string;
  /** The transform file beside it (`transforms/<same name>.ts`), present when a column names a transform. */
  readonly transformFile: string | undefined;
  /** Extended JSON of the filter as written, and undefined when all documents are wanted. */
  readonly where: YamlValue | undefined;
  readonly duplicates: 'reject' | 'last';
  /** What following changes does with the rows of a document that is rejected now and was not before. */
  readonly onReject: 'remove' | 'keep';
  /** What PostgreSQL does when others write to the tables while changes are followed. */
  readonly foreignWrites: 'report' | 'refuse';
  /** First the table that gets one row per document, then its child tables, parents before their children. */
  readonly tables: readonly TableMapping[];
  /**
   * The column that holds `_id` in a form that leads back to the document, when the mapping has one; otherwise
   * docrow keeps the pair in `docrow.document_key`.
   */
  readonly idColumn: string | undefined;
  /** SHA-256 of what the mapping means (not of its layout or comments) and of the transform file, in hex. */
  readonly fingerprint: string;
}

export interface ProjectMapping {
  /** PostgreSQL schema of the target tables. */
  readonly schema: string;
  /** Sorted so that a referenced collection comes before the one that refers to it where possible. */
  readonly collections: readonly CollectionMapping[];
}
