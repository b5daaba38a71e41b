import { createMemory, type Memory } from '../encoding/memory.ts';
import type { ColumnType } from '../mapping/mapping.ts';
import { JsonbText } from './jsonb-text.ts';
import type { RecordHash } from './record-hash.ts';

/** Adds a field of COPY BINARY that is not NULL to a record, as the send function of its type gives it back. */
export type FieldHasher = (hash: RecordHash, input: Memory, at: number, length: number) => void;

const addPlain: FieldHasher = (hash, input, at, length) => hash.add(input, at, length);

/** How a jsonb is written in COPY BINARY: as PostgreSQL prints it, or in some other way that means the same. */
export type JsonbSpelling = 'as-printed' | 'any';

/**
 * For most types the bytes that COPY BINARY carries are those that the send function gives. A jsonb comes back as
 * PostgreSQL's own text, and an infinite numeric with a number of decimals that nobody sent.
 */
export function createFieldHasher({ name, array }: ColumnType, jsonb: JsonbSpelling): FieldHasher {
  if (name === 'jsonb' && jsonb === 'any') return createJsonbHasher();
  if (name === 'numeric') return array ? createNumericArrayHasher() : createNumericHasher();
  return addPlain;
}

function createJsonbHasher(): FieldHasher {
  const text = new JsonbText();
  return (hash, input, at, length) => {
    // The byte before the text is the version of the format.
    text.write(input, at + 1, length - 1);
    hash.add(text.memory, 0, text.length);
  };
}

/** Length of a numeric without digits: zero, NaN, or infinite. */
const emptyNumeric = 8;
const positiveInfinity = 0xd000;
const negativeInfinity = 0xf000;
/** PostgreSQL takes some bits of the sign for a number of decimals. */
const scaleOfInfinity = 0x20;

/** Whether the numeric at `at` is infinite. */
function isInfinite({ view }: Memory, at: number, length: number): boolean {
  if (length !== emptyNumeric) return false;
  const sign = view.getUint16(at + 4);
  return sign === positiveInfinity || sign === negativeInfinity;
}

function createNumericHasher(): FieldHasher {
  const copy = createMemory(emptyNumeric);
  return (hash, input, at, length) => {
    if (!isInfinite(input, at, length)) return hash.add(input, at, length);
    input.bytes.copy(copy.bytes, 0, at, at + length);
    copy.view.setInt16(6, scaleOfInfinity);
    hash.add(copy, 0, length);
  };
}

/** Bytes before the first element of an array of one dimension. */
const arrayHead = 20;

function createNumericArrayHasher(): FieldHasher {
  let copy = createMemory(256);
  return (hash, input, at, length) => {
    if (copy.bytes.length < length) copy = createMemory(2 * length);
    input.bytes.copy(copy.bytes, 0, at, at + length);
    for (let element = arrayHead; element + 4 <= length; ) {
      const size = copy.view.getInt32(element);
      element += 4;
      if (size < 0) continue;
      if (isInfinite(copy, element, size)) copy.view.setInt16(element + 6, scaleOfInfinity);
      element += size;
    }
    hash.add(copy, 0, length);
  };
}
