import { ObjectId, UUID } from 'bson';
import type { BsonJsValue } from '../bson/bson-js-value.ts';
import { bsonType } from '../bson/bson-type.ts';
import { createDocumentReader } from '../bson/document-reader.ts';
import { jsValueToBson } from '../bson/js-value-to-bson.ts';
import { readJsValue } from '../bson/read-js-value.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { Transform } from '../mapping/transform.ts';
import type { DocumentState } from './document-state.ts';
import { createMemory, type Memory, memoryOf } from './memory.ts';
import { ValueProblem } from './value-problem.ts';

/** What a transform gave, as a BSON value in memory. Overwritten by the next call. */
export interface TransformResult {
  type: number;
  memory: Memory;
  at: number;
}

/** Runs a transform on the current document and the column's current value. Undefined: the value is missing. */
export type TransformCall = (state: DocumentState) => TransformResult | undefined;

const loneSurrogate = /\p{Surrogate}/u;

const failed = (name: string): ValueProblem =>
  new ValueProblem('transform-failed', `The transform ${name} threw an error`);

/** Puts a JavaScript value into memory as BSON. Common types go straight in, the rest by jsValueToBson. */
class ResultWriter {
  readonly #result: TransformResult = { type: 0, memory: createMemory(4096), at: 0 };

  write(value: BsonJsValue): TransformResult {
    const { memory } = this.#result;
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'boolean':
        memory.bytes[0] = value ? 1 : 0;
        return this.#done(bsonType.boolean);
      case 'bigint':
        return this.#int64(value);
      case 'number':
        if (Number.isInteger(value) && (value | 0) === value && !Object.is(value, -0)) {
          memory.view.setInt32(0, value, true);
          return this.#done(bsonType.int32);
        }
        memory.view.setFloat64(0, value, true);
        return this.#done(bsonType.double);
    }
    if (value === null) return this.#done(bsonType.null);
    if (value instanceof Date) {
      memory.view.setBigInt64(0, BigInt(value.getTime()), true);
      return this.#done(bsonType.date);
    }
    if (value instanceof ObjectId) {
      memory.bytes.set(value.id, 0);
      return this.#done(bsonType.objectId);
    }
    if (value instanceof UUID) {
      memory.view.setInt32(0, 16, true);
      memory.bytes[4] = 4;
      memory.bytes.set(value.buffer, 5);
      return this.#done(bsonType.binary);
    }
    return this.#serialized(value);
  }

  #done(type: number): TransformResult {
    this.#result.type = type;
    this.#result.at = 0;
    return this.#result;
  }

  #string(value: string): TransformResult {
    if (loneSurrogate.test(value)) throw new RangeError('A text with half a character');
    const needed = value.length * 3 + 5;
    if (this.#result.memory.bytes.length < needed) this.#result.memory = createMemory(needed);
    const { memory } = this.#result;
    const size = memory.bytes.write(value, 4, 'utf8');
    memory.view.setInt32(0, size + 1, true);
    memory.bytes[4 + size] = 0;
    return this.#done(bsonType.string);
  }

  #int64(value: bigint): TransformResult {
    if (BigInt.asIntN(64, value) !== value) {
      throw new RangeError('An integer of more than 64 bits');
    }
    this.#result.memory.view.setBigInt64(0, value, true);
    return this.#done(bsonType.int64);
  }

  #serialized(value: BsonJsValue): TransformResult {
    const bytes = jsValueToBson(value);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { type: buffer[4]!, memory: memoryOf(buffer, view), at: 6 };
  }
}

/** The column's value as JavaScript has it. @throws ValueProblem when JavaScript has none: a date out of its range */
function readValue({ type, valueInput, at }: DocumentState): BsonJsValue | undefined {
  try {
    return readJsValue(type, valueInput.bytes, valueInput.view, at);
  } catch (error) {
    if (!(error instanceof DocrowError) || error.policy.reaction !== 'reject-document') throw error;
    throw new ValueProblem(error.code as RejectionCode, error.message);
  }
}

const emptyDocument = Uint8Array.of(5, 0, 0, 0, 0);
const emptyView = new DataView(emptyDocument.buffer);

/** Prepares a transform for calling on one document after the other. */
export function createTransformCall(name: string, transform: Transform): TransformCall {
  const reader = createDocumentReader();
  const writer = new ResultWriter();
  return (state) => {
    const { input } = state;
    const value = state.type === 0 ? undefined : readValue(state);
    if (state.isDocument) reader.pointAt(input.bytes, input.view, state.start);
    else reader.pointAt(emptyDocument, emptyView, 0);
    try {
      const result = transform(value, reader);
      return result === undefined ? undefined : writer.write(result);
    } catch {
      throw failed(name);
    }
  };
}
