import { bsonType } from './bson-type.ts';

/** Kinds of values that have an order that means something; a query compares within one kind alone. */
export type OrderedKind = 'number' | 'string' | 'date' | 'timestamp' | 'objectId';

const kinds: ReadonlyMap<number, OrderedKind> = new Map([
  [bsonType.int32, 'number'],
  [bsonType.int64, 'number'],
  [bsonType.double, 'number'],
  [bsonType.decimal128, 'number'],
  [bsonType.string, 'string'],
  [bsonType.date, 'date'],
  [bsonType.timestamp, 'timestamp'],
  [bsonType.objectId, 'objectId'],
]);

/** Kind of the values of a BSON type; undefined for those whose order says nothing. */
export const orderedKind = (type: number): OrderedKind | undefined => kinds.get(type);

/** BSON types of one kind. */
export const typesOfKind = (kind: OrderedKind): readonly number[] =>
  [...kinds].flatMap(([type, each]) => (each === kind ? [type] : []));
