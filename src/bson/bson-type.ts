/** BSON element type bytes (bsonspec.org, version 1.1). */
export const bsonType = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
  decimal128: 0x13,
  minKey: 0xff,
  maxKey: 0x7f,
} as const;

/** Bytes of a document without fields: its length and the final zero byte. */
export const emptyDocumentSize = 5;

/** Name of each type, as MongoDB's `$type` spells it. */
export const bsonTypeNames: ReadonlyMap<number, string> = new Map([
  [0x01, 'double'],
  [0x02, 'string'],
  [0x03, 'object'],
  [0x04, 'array'],
  [0x05, 'binData'],
  [0x06, 'undefined'],
  [0x07, 'objectId'],
  [0x08, 'bool'],
  [0x09, 'date'],
  [0x0a, 'null'],
  [0x0b, 'regex'],
  [0x0c, 'dbPointer'],
  [0x0d, 'javascript'],
  [0x0e, 'symbol'],
  [0x0f, 'javascriptWithScope'],
  [0x10, 'int'],
  [0x11, 'timestamp'],
  [0x12, 'long'],
  [0x13, 'decimal'],
  [0xff, 'minKey'],
  [0x7f, 'maxKey'],
]);
