import { bsonType } from '../../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';
import type { BsonOutput } from './bson-output.ts';

/** A field of a document that was written just now. */
export interface Field {
  readonly key: string;
  readonly type: number;
  /** Offsets of the value. */
  readonly at: number;
  readonly end: number;
}

/** No wrapper of Extended JSON has more fields; of a document with more, three are returned. */
const maxFields = 3;

/** The first fields of the document at `start`. */
export function fieldsOf(output: BsonOutput, start: number): readonly Field[] {
  const { bytes, view } = output;
  const limit = valueEnd(bsonType.document, bytes, view, start, output.at) - 1;
  const fields: Field[] = [];
  let next = start + 4;
  while (next < limit && fields.length < maxFields) {
    const type = bytes[next] as number;
    const keyStop = keyEnd(bytes, next + 1, limit);
    const at = keyStop + 1;
    const end = valueEnd(type, bytes, view, at, limit);
    fields.push({ key: bytes.toString('latin1', next + 1, keyStop), type, at, end });
    next = end;
  }
  return fields;
}
