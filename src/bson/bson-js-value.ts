import type {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';

/**
 * A BSON value as a transform sees it and gives it back.
 *
 * Read from a document: int32 and double are numbers, int64 a bigint, a date a Date, sub-documents objects without
 * a prototype, UUIDs the `UUID` class (a Binary); everything else is its class of the `bson` package. `Int32`,
 * `Double`, `Long` and `Uint8Array` are only ever given back, by a transform that wants that very type.
 */
export type BsonJsValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | ObjectId
  | Binary
  | Decimal128
  | Timestamp
  | BSONRegExp
  | BSONSymbol
  | Code
  | DBRef
  | MinKey
  | MaxKey
  | Int32
  | Double
  | Long
  | readonly (BsonJsValue | undefined)[]
  | { readonly [key: string]: BsonJsValue | undefined };
