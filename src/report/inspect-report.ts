import type { ExitCode } from '../errors/error-codes.ts';
import type { ErrorReport } from './migration-report.ts';

export interface TypeShare {
  /** As MongoDB's `$type` spells it. */
  readonly type: string;
  readonly count: number;
}

/** One place in the documents and the values there. Whole numbers of 64 bits are texts, dates are ISO 8601. */
export interface PathInspection {
  /** Keys with dots between them; `tags[]` are the elements of `tags`, `scores.*` the values of a map. */
  readonly path: string;
  /** Values here, of every type. */
  readonly count: number;
  /** Objects of the level above that have nothing here; undefined for elements and the values of a map. */
  readonly missing: number | undefined;
  readonly nulls: number;
  /** Most frequent first. */
  readonly types: readonly TypeShare[];
  readonly integers?: { readonly count: number; readonly min: string; readonly max: string };
  readonly doubles?: {
    readonly count: number;
    readonly integral: number;
    readonly negativeZero: number;
    readonly notFinite: number;
    readonly min: number | undefined;
    readonly max: number | undefined;
  };
  readonly decimals?: {
    readonly count: number;
    readonly notFinite: number;
    readonly integerDigits: number;
    readonly scale: number;
  };
  readonly strings?: {
    readonly count: number;
    readonly empty: number;
    /** In characters. */
    readonly minLength: number;
    readonly maxLength: number;
    readonly withNul: number;
    readonly notUtf8: number;
    readonly uuids: number;
    readonly dateTimes: number;
    readonly dates: number;
    readonly objectIds: number;
    /** Exact up to 32, else an estimate. */
    readonly distinct: number;
    /** Given only where the texts are few and look like codes: a document's other texts are nobody's business. */
    readonly codes?: readonly { readonly text: string; readonly count: number }[];
  };
  readonly dates?: {
    readonly count: number;
    readonly min: string;
    readonly max: string;
    readonly midnight: number;
    readonly outOfRange: number;
  };
  readonly binaries?: {
    readonly count: number;
    readonly subtypes: readonly { readonly subtype: number; readonly count: number }[];
    readonly uuids: number;
    /** In bytes. */
    readonly maxLength: number;
  };
  readonly arrays?: {
    readonly count: number;
    readonly empty: number;
    readonly minLength: number;
    readonly maxLength: number;
    readonly elements: number;
  };
  readonly objects?: {
    readonly count: number;
    readonly empty: number;
    readonly minFields: number;
    readonly maxFields: number;
    /** The keys are data. */
    readonly isMap: boolean;
    readonly distinctKeys: number;
  };
}

/** Something that a person wants to know before the data is moved. */
export interface Oddity {
  readonly kind:
    | 'damaged-documents'
    | 'duplicate-keys'
    | 'missing-ids'
    | 'mixed-ids'
    | 'mixed-types'
    | 'nul-characters'
    | 'not-utf8'
    | 'broken-key'
    | 'not-finite'
    | 'date-out-of-range'
    | 'rare-type'
    | 'deep-nesting';
  readonly path: string | undefined;
  /** Documents, or values where a path is named. */
  readonly count: number;
  readonly message: string;
}

export interface IndexInspection {
  readonly name: string;
  readonly keys: readonly { readonly path: string; readonly kind: string | number }[];
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  readonly partialFilter: string | undefined;
  readonly expireAfterSeconds: number | undefined;
  readonly collation: string | undefined;
}

export interface CollectionInspection {
  readonly name: string;
  readonly kind: 'collection' | 'view' | 'timeseries' | 'capped' | 'system';
  /** What docrow does with a collection of this kind, in words; undefined for ordinary ones. */
  readonly decision: string | undefined;
  /** Why its documents were not looked at. */
  readonly skipped: string | undefined;
  /** Documents that were looked at. */
  readonly documents: number;
  /** BSON bytes. */
  readonly bytes: number;
  readonly averageBytes: number;
  readonly largestBytes: number;
  readonly isSample: boolean;
  /** Of a sample: how many places it was taken from; 1 means the first documents. */
  readonly sampledRanges: number | undefined;
  /** Of a sample: how many documents the source believes there are. */
  readonly estimatedDocuments: number | undefined;
  /** Levels of objects and arrays, 1 for flat documents. */
  readonly depth: number;
  readonly idTypes: readonly TypeShare[];
  readonly indexes: readonly IndexInspection[];
  readonly collation: string | undefined;
  readonly validator: string | undefined;
  readonly viewOn: string | undefined;
  readonly timeField: string | undefined;
  readonly paths: readonly PathInspection[];
  readonly oddities: readonly Oddity[];
}

/** What `inspect` prints with --json. */
export interface InspectReport {
  readonly command: 'inspect';
  readonly exitCode: ExitCode;
  readonly source: { readonly kind: string; readonly database: string; readonly notices: readonly string[] };
  readonly collections: readonly CollectionInspection[];
  readonly errors: readonly ErrorReport[];
}
