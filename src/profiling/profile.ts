import type { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionDescription, SourceCollection } from '../source/document-source.ts';

/**
 * What was seen in a source: for every path of every collection the types, their counts and their extremes. It is what
 * `inspect` prints, `init` proposes a mapping from and `plan` computes the declared losses from.
 *
 * A profile is bounded whatever the data is: keys that are data (more than `maxKeys` different ones at one place)
 * are recognised as a map and merged into one entry; objects and arrays below `maxProfiledDepth` are only counted:
 * they are in `types`, and `objects` and `arrays` are undefined.
 * All counts are of values, not of documents, where a path leads through arrays.
 */

/** The BSON types by their names in `$type`, as bson/bson-type.ts has them. */
export type BsonTypeName =
  | 'double'
  | 'string'
  | 'object'
  | 'array'
  | 'binData'
  | 'undefined'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'null'
  | 'regex'
  | 'dbPointer'
  | 'javascript'
  | 'symbol'
  | 'javascriptWithScope'
  | 'int'
  | 'timestamp'
  | 'long'
  | 'decimal'
  | 'minKey'
  | 'maxKey';

export interface SourceProfile {
  readonly database: string;
  readonly collections: readonly CollectionProfile[];
}

export interface CollectionProfile extends Pick<SourceCollection, 'name' | 'kind'> {
  readonly description: CollectionDescription;
  /** Why its documents were not read: MongoDB's own collections, and what a dump names but does not hold. */
  readonly skipped: string | undefined;
  /** What ended the reading early: a damaged file. Everything before it is in the profile. */
  readonly stoppedBy: DocrowError | undefined;
  /** Documents that were looked at, damaged ones left out. */
  readonly documents: number;
  /** Their BSON bytes. */
  readonly bytes: number;
  readonly largestDocument: number;
  /** True when not all documents were looked at. `estimatedDocuments` is then the source's own guess of all. */
  readonly isSample: boolean;
  readonly estimatedDocuments: number | undefined;
  /** Of a sample: from the beginnings of how many ranges it was taken; 1 means the first documents. */
  readonly sampledRanges: number | undefined;
  /** Documents whose inside is damaged: loading rejects them. */
  readonly damagedDocuments: number;
  /** Documents with a key twice in one object. */
  readonly duplicateKeyDocuments: number;
  /** Where the first of these keys stands. */
  readonly duplicateKeyPath: string | undefined;
  /** Levels of nesting of the deepest document; 1 for a flat one. */
  readonly depth: number;
  /** Documents without an `_id`, or with one of the source's making (files of an export). */
  readonly missingIds: number;
  readonly root: ObjectProfile;
}

/** The fields of the objects at one place. */
export interface ObjectProfile {
  /** Objects seen here. */
  readonly count: number;
  readonly emptyCount: number;
  /** Most and fewest fields of one object. */
  readonly minFields: number;
  readonly maxFields: number;
  /**
   * In the order in which the keys usually come. When `isMap`, the keys that were told apart before the limit was
   * reached are dropped and this is empty.
   */
  readonly fields: readonly FieldProfile[];
  /** True when the keys are data: there are too many, or each is in few objects only. */
  readonly isMap: boolean;
  /** Different keys seen; of a map that went over a limit, those up to then. */
  readonly distinctKeys: number;
  /** Of a map: what stands under its keys, all together. Undefined where there was no more room to look. */
  readonly anyValue: ValueProfile | undefined;
}

export interface FieldProfile {
  /** The key; bytes that are not UTF-8 read as U+FFFD, and such a field has `isBrokenKey`. */
  readonly key: string;
  readonly isBrokenKey: boolean;
  readonly value: ValueProfile;
}

/** The values at one place. Parts are there only when a value of their type was seen. */
export interface ValueProfile {
  /**
   * Values seen here, of every type: how many of the objects have the key. Of a key that stands twice in one object
   * the first value counts.
   */
  readonly count: number;
  readonly types: readonly { readonly type: BsonTypeName; readonly count: number }[];
  /** int, long, and doubles that are integral; doubles with a fraction are only in `doubles`. */
  readonly integers: IntegerProfile | undefined;
  readonly doubles: DoubleProfile | undefined;
  readonly decimals: DecimalProfile | undefined;
  readonly strings: StringProfile | undefined;
  readonly dates: DateProfile | undefined;
  readonly binaries: BinaryProfile | undefined;
  readonly arrays: ArrayProfile | undefined;
  readonly objects: ObjectProfile | undefined;
}

export interface IntegerProfile {
  readonly count: number;
  readonly min: bigint;
  readonly max: bigint;
}

export interface DoubleProfile {
  readonly count: number;
  /** Integral and within ±(2^63 − 1); -0 is one of them. */
  readonly integral: number;
  readonly negativeZero: number;
  readonly notFinite: number;
  /** That real (float4) holds exactly. */
  readonly singlePrecision: number;
  /** Of the finite ones; undefined when there is none. */
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface DecimalProfile {
  readonly count: number;
  readonly notFinite: number;
  readonly negativeZero: number;
  /** Written with a positive exponent, such as 1E+3: equal in numeric, but its form is lost. */
  readonly exponentForms: number;
  /** Most digits before and after the point of the finite ones. */
  readonly maxIntegerDigits: number;
  readonly maxScale: number;
}

export interface StringProfile {
  readonly count: number;
  readonly empty: number;
  /** In code points. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly withNul: number;
  readonly notUtf8: number;
  /** How many have a form that another type holds as well, in the sense of values.md: */
  readonly uuids: number;
  /** RFC 3339 with an offset. */
  readonly dateTimes: number;
  /** YYYY-MM-DD. */
  readonly dates: number;
  /** 24 hexadecimal digits, as an ObjectId is printed. */
  readonly objectIds: number;
  /**
   * Different texts: exact where `values` is there, else an estimate (within about 3 %).
   */
  readonly distinct: number;
  /**
   * All different texts with their counts, most frequent first, when there are at most 32, all of them UTF-8 and of
   * at most 64 characters.
   */
  readonly values: readonly { readonly text: string; readonly count: number }[] | undefined;
}

export interface DateProfile {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly min: bigint;
  readonly max: bigint;
  /** Exactly at midnight UTC. */
  readonly midnight: number;
  /** Outside of PostgreSQL's timestamps. */
  readonly outOfRange: number;
}

export interface BinaryProfile {
  readonly count: number;
  readonly subtypes: readonly { readonly subtype: number; readonly count: number }[];
  /** Subtype 4 with 16 bytes. */
  readonly uuids: number;
  /** In bytes. */
  readonly maxLength: number;
}

export interface ArrayProfile {
  readonly count: number;
  readonly empty: number;
  readonly minLength: number;
  readonly maxLength: number;
  /** Elements of all arrays. */
  readonly elements: number;
  /** Undefined when all arrays are empty. */
  readonly element: ValueProfile | undefined;
}
