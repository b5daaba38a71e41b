import { isoText, parseDate, parseInstant, parseTimeOfDay } from '../../values/time-text.ts';
import type { BsonTree, ScalarTree } from './bson-tree.ts';
import { isSameNumber, numberTypes, writtenDecimal } from './same-number.ts';

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The texts by which a value may stand in a column of another type. */
function textsOf(value: ScalarTree): readonly string[] {
  switch (value.type) {
    case 'string':
      return uuidForm.test(value.text) ? [value.text.toLowerCase()] : [];
    case 'objectId':
    case 'symbol':
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'decimal128':
      return [value.text];
    case 'double':
      return [String(Number(value.text))];
    case 'binary': {
      const uuid = value.text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      return [uuid, Buffer.from(value.text, 'hex').toString('base64')];
    }
    case 'timestamp':
      return [`${value.text}:${value.more}`];
    case 'regex':
      return [`/${value.text}/${value.more}`];
    case 'date':
      return [isoText(BigInt(value.text) / 1000n)];
    default:
      return [];
  }
}

/** Whether `read`, which is of another type, is what `original` denotes there: its text, its time, its bytes. */
export function isDenoted(original: ScalarTree, read: ScalarTree): boolean {
  switch (read.type) {
    case 'string':
      return textsOf(original).includes(read.text) || isSameTimeOfDay(original, read);
    case 'boolean':
      return original.type === 'string' && original.text === read.text;
    case 'binary':
      if (original.type === 'objectId') return original.text === read.text;
      return original.type === 'string' && original.text.replaceAll('-', '').toLowerCase() === read.text;
    case 'date':
      return microsOf(original).includes(BigInt(read.text));
    case 'int32':
    case 'int64':
    case 'double':
    case 'decimal128':
      return isNumberOf(original, read);
    default:
      return false;
  }
}

/** PostgreSQL leaves out zeros at the end of a fraction. */
function isSameTimeOfDay(original: ScalarTree, read: ScalarTree): boolean {
  if (original.type !== 'string') return false;
  const time = parseTimeOfDay(original.text);
  return time !== undefined && time === parseTimeOfDay(read.text);
}

/** The instants that a value may stand for, in microseconds. */
function microsOf(original: ScalarTree): readonly bigint[] {
  if (original.type === 'timestamp') return [BigInt(original.text) * 1_000_000n];
  if (original.type === 'string') {
    const instant = parseInstant(original.text, 'optional');
    const date = parseDate(original.text);
    return [
      ...(instant === undefined ? [] : [instant]),
      ...(date === undefined ? [] : [date * 86_400_000_000n]),
    ];
  }
  if (!numberTypes.has(original.type)) return [];
  const number = writtenDecimal(original.text);
  if (number === undefined) return [];
  if (number.coefficient === 0n) return [0n];
  return [3, 6].flatMap((shift) => {
    const exponent = number.exponent + shift;
    if (exponent >= 0) return exponent > 40 ? [] : [number.coefficient * 10n ** BigInt(exponent)];
    const divisor = 10n ** BigInt(-exponent);
    return number.coefficient % divisor === 0n ? [number.coefficient / divisor] : [];
  });
}

function isNumberOf(original: ScalarTree, read: ScalarTree): boolean {
  switch (original.type) {
    case 'timestamp': {
      const packed = (BigInt(original.text) << 32n) | BigInt(original.more ?? 0);
      return read.text === String(packed);
    }
    case 'string':
      return isSameNumber({ type: 'decimal128', text: original.text }, read);
    case 'date': {
      const milliseconds = (BigInt(original.text) / 1000n).toString();
      return [`${milliseconds}`, `${milliseconds}E-3`].some((text) =>
        isSameNumber({ type: 'decimal128', text }, read),
      );
    }
    default:
      return false;
  }
}

export const isScalar = (tree: BsonTree): tree is ScalarTree =>
  tree.type !== 'document' && tree.type !== 'array' && tree.type !== 'codeWithScope';
