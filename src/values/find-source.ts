import { bsonType } from '../bson/bson-type.ts';
import type { ColumnMapping, ColumnSource, DocumentPath } from '../mapping/mapping.ts';
import { type BsonValue, type RawBytes, sameBytes } from './bson-value.ts';
import { lookUp } from './document-fields.ts';
import type { RowSource } from './row-source.ts';

/** The value that a column's `from` gives. */
export interface FoundSource {
  /** Undefined when the column's value is missing. */
  readonly value: BsonValue | undefined;
  readonly raw: RawBytes | undefined;
  /** The value's own path, empty for a whole element; undefined when it is missing or was computed. */
  readonly path: DocumentPath | undefined;
  /**
   * Other paths of `from` that are there too, are not null and hold something else: the column would lose them, so
   * they are treated as if no column took them.
   */
  readonly losing: readonly DocumentPath[];
}

/** Takes the first source that is present; with `skipNull` the first that is not null, and null when all are. */
export function findSource(column: ColumnMapping, row: RowSource, runTime: Date): FoundSource {
  const present = column.from.flatMap((source) => {
    const found = readSource(source, row, runTime);
    return found === undefined ? [] : [{ path: pathOf(source), ...found }];
  });
  const notNull = column.skipNull ? present.find(({ value }) => value.type !== 'null') : undefined;
  const winner = notNull ?? present[0];
  const losing = present.flatMap((loser) => {
    const isLost = loser.value.type !== 'null' && winner !== undefined && !sameBytes(winner.raw, loser.raw);
    return isLost && loser.path !== undefined ? [loser.path] : [];
  });
  return { value: winner?.value, raw: winner?.raw, path: winner?.path, losing };
}

function pathOf(source: ColumnSource): DocumentPath | undefined {
  if (source.kind === 'item') return [];
  return source.kind === 'path' ? source.path : undefined;
}

function readSource(source: ColumnSource, row: RowSource, runTime: Date): Content | undefined {
  switch (source.kind) {
    case 'path':
      return lookUp(row.document, source.path);
    case 'run-time':
      return dateElement(BigInt(runTime.getTime()));
    case 'id-time': {
      const id = lookUp(row.document, ['_id'])?.value;
      return id?.type === 'objectId' ? dateElement(BigInt(id.bytes.readUInt32BE(0)) * 1000n) : undefined;
    }
    case 'item':
      return row.content;
    case 'index': {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(row.index);
      return { value: { type: 'int32', value: row.index }, raw: { type: bsonType.int32, bytes } };
    }
    case 'parent':
      return undefined;
  }
}

type Content = RowSource['content'];

function dateElement(milliseconds: bigint): Content {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(milliseconds);
  return { value: { type: 'date', milliseconds }, raw: { type: bsonType.date, bytes } };
}
