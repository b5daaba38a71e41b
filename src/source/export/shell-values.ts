import { bsonType } from '../../bson/bson-type.ts';
import type { BsonOutput } from './bson-output.ts';
import { decodeBase64, putBinary } from './extended-documents.ts';
import { decimalBytes, uuidForm } from './extended-values.ts';
import { isoMilliseconds } from './iso-date.ts';
import type { JsonInput } from './json-input.ts';

type ConstantWriter = (output: BsonOutput) => number;

const constant =
  (type: number): ConstantWriter =>
  () =>
    type;
const double =
  (value: number): ConstantWriter =>
  (output) => {
    output.writeDouble(value);
    return bsonType.double;
  };

const constants: ReadonlyMap<string, ConstantWriter> = new Map([
  ['null', constant(bsonType.null)],
  ['true', (output: BsonOutput) => writeByte(output, 1)],
  ['false', (output: BsonOutput) => writeByte(output, 0)],
  ['undefined', constant(bsonType.undefined)],
  ['MinKey', constant(bsonType.minKey)],
  ['MaxKey', constant(bsonType.maxKey)],
  ['NaN', double(Number.NaN)],
  ['Infinity', double(Number.POSITIVE_INFINITY)],
]);

function writeByte(output: BsonOutput, byte: number): number {
  output.bytes[output.at++] = byte;
  return bsonType.boolean;
}

/** Longer words are none of those that are known. */
const maxWord = 20;
/** Longer arguments are binaries only. */
const maxArguments = 200;

/**
 * Reads a word: JSON's own, and those with which MongoDB's shells and old tools printed values, such as
 * `NumberLong("5")` and `new Date(0)`.
 * @param input stands at a letter, then behind the value
 * @returns the BSON type
 * @throws DocrowError `source-corrupt`
 */
export function writeWord(input: JsonInput, output: BsonOutput): number {
  const start = input.at;
  let word = readWord(input);
  if (word === 'new') {
    input.skipSpace();
    word = readWord(input);
  }
  const afterWord = input.at;
  const write = functions.get(word);
  if (write !== undefined && input.skipSpace() === 0x28 && input.at < input.end) {
    const open = input.at;
    const close = input.bytes.indexOf(0x29, open);
    if (close === -1 || close >= input.end) input.fail('', input.end);
    output.ensure(close - open + 32);
    const type = write({ input, output, start: open + 1, end: close });
    if (type === 0) input.fail(`what stands in the brackets of ${word} does not fit`, open);
    input.at = close + 1;
    return type;
  }
  input.at = afterWord;
  const writeConstant = constants.get(word);
  return writeConstant === undefined
    ? input.fail('what stands here is no value', start)
    : writeConstant(output);
}

function readWord(input: JsonInput): string {
  const { bytes, at: start, end } = input;
  let at = start;
  while (isWordByte(bytes[at] as number) && at < end && at < start + maxWord) at++;
  if (at >= end) input.fail('', end);
  input.at = at;
  return bytes.toString('latin1', start, at);
}

const isWordByte = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);

/** What stands between the brackets, and where it is. */
interface Call {
  readonly input: JsonInput;
  readonly output: BsonOutput;
  readonly start: number;
  readonly end: number;
}

/** Writes the value; 0 where the arguments do not fit. */
type CallWriter = (call: Call) => number;

const argumentsOf = ({ input, start, end }: Call): string =>
  end - start > maxArguments ? '' : input.bytes.toString('latin1', start, end).trim();

/** The one argument, without its quotes. */
const argumentOf = (call: Call): string => /^(["']?)([^"']*)\1$/.exec(argumentsOf(call))?.[2] ?? '';

function callInt64(call: Call, type: number, text = argumentOf(call)): number {
  if (!/^-?\d{1,19}$/.test(text)) return 0;
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) return 0;
  call.output.writeInt64(value);
  return type;
}

function callInt32(call: Call): number {
  const text = argumentOf(call);
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value !== (value | 0)) return 0;
  call.output.writeInt32(value);
  return bsonType.int32;
}

function callDate(call: Call): number {
  const text = argumentOf(call);
  if (/^-?\d+$/.test(text)) return callInt64(call, bsonType.date, text);
  const milliseconds = isoMilliseconds(text, true);
  if (Number.isNaN(milliseconds)) return 0;
  call.output.writeSafeInt64(milliseconds);
  return bsonType.date;
}

function callHex(call: Call, form: RegExp, type: number): number {
  const hex = argumentOf(call);
  if (!form.test(hex)) return 0;
  call.output.at += call.output.bytes.write(hex, call.output.at, 'hex');
  return type;
}

function callUuid(call: Call): number {
  const text = argumentOf(call);
  if (!uuidForm.test(text)) return 0;
  putBinary(call.output, call.output.at, 4, Buffer.from(text.replaceAll('-', ''), 'hex'));
  return bsonType.binary;
}

function callDecimal(call: Call): number {
  const bytes = decimalBytes(argumentOf(call));
  if (bytes === undefined) return 0;
  call.output.bytes.set(bytes, call.output.at);
  call.output.at += bytes.length;
  return bsonType.decimal128;
}

function callTimestamp(call: Call): number {
  const text = argumentsOf(call);
  const match =
    /^(\d{1,10})\s*,\s*(\d{1,10})$/.exec(text) ??
    /^\{\s*"?t"?\s*:\s*(\d{1,10})\s*,\s*"?i"?\s*:\s*(\d{1,10})\s*\}$/.exec(text);
  const [seconds = Number.NaN, increment = Number.NaN] = match?.slice(1).map(Number) ?? [];
  if (!(seconds <= 0xffff_ffff && increment <= 0xffff_ffff)) return 0;
  call.output.writeInt32(increment);
  call.output.writeInt32(seconds);
  return bsonType.timestamp;
}

/** `BinData(0, "…")`, of any length. */
function callBinData({ input, output, start, end }: Call): number {
  const head = /^\s*(\d{1,3})\s*,\s*(["'])/.exec(
    input.bytes.toString('latin1', start, Math.min(end, start + 40)),
  );
  if (head === null || Number(head[1]) > 255) return 0;
  const contentStart = start + head[0].length;
  const contentEnd = input.bytes.indexOf(head[2] ?? '', contentStart, 'latin1');
  if (contentEnd === -1 || input.bytes.toString('latin1', contentEnd + 1, end).trim() !== '') return 0;
  const content = decodeBase64(input.bytes, contentStart, contentEnd);
  if (content === undefined) return 0;
  putBinary(output, output.at, Number(head[1]), content);
  return bsonType.binary;
}

const callNothing =
  (type: number): CallWriter =>
  (call) =>
    argumentsOf(call) === '' && call.end - call.start <= maxArguments ? type : 0;

const functions: ReadonlyMap<string, CallWriter> = new Map<string, CallWriter>([
  ['ObjectId', (call) => callHex(call, /^[0-9a-f]{24}$/i, bsonType.objectId)],
  ['ObjectID', (call) => callHex(call, /^[0-9a-f]{24}$/i, bsonType.objectId)],
  ['NumberLong', (call) => callInt64(call, bsonType.int64)],
  ['Long', (call) => callInt64(call, bsonType.int64)],
  ['NumberInt', callInt32],
  ['Int32', callInt32],
  ['NumberDecimal', callDecimal],
  ['Decimal128', callDecimal],
  ['ISODate', callDate],
  ['Date', callDate],
  ['Timestamp', callTimestamp],
  ['BinData', callBinData],
  ['UUID', callUuid],
  ['MinKey', callNothing(bsonType.minKey)],
  ['MaxKey', callNothing(bsonType.maxKey)],
]);
