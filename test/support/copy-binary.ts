import type { ColumnType } from '../../src/mapping/mapping.ts';
import { postgresDate, postgresTimestamp } from '../../src/values/time-text.ts';

/** Reads what the encoder writes, by PostgreSQL's documentation alone (sql-copy "Binary Format", *_send functions). */

/** The bytes of one field; null is SQL NULL. */
export type CopyField = Buffer | null;

interface FieldsRead {
  readonly fields: CopyField[];
  /** Offset behind the last of them. */
  readonly end: number;
}

function readFields(bytes: Buffer, start: number, count: number): FieldsRead {
  const fields: CopyField[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < -1 || at + length > bytes.length) throw new RangeError(`A field of ${length} bytes`);
    fields.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return { fields, end: at };
}

/** The rows in COPY BINARY form, without file header and trailer. @throws RangeError when they do not end evenly */
export function readCopyRows(bytes: Buffer): CopyField[][] {
  const rows: CopyField[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const { fields, end } = readFields(bytes, at + 2, bytes.readInt16BE(at));
    rows.push(fields);
    at = end;
  }
  return rows;
}

const microsTo2000 = 946_684_800_000_000n;
const daysTo2000 = 10_957n;

/**
 * A field as text, in the form in which the plain conversion writes it.
 * @throws RangeError when the bytes are not what the type's receive function takes
 */
export function copyFieldText(type: ColumnType, bytes: Buffer): string {
  return type.array ? arrayText(type, bytes) : scalarText(type, bytes);
}

function scalarText(type: ColumnType, bytes: Buffer): string {
  switch (type.name) {
    case 'smallint':
      return String(sized(bytes, 2).readInt16BE());
    case 'integer':
      return String(sized(bytes, 4).readInt32BE());
    case 'bigint':
      return String(sized(bytes, 8).readBigInt64BE());
    case 'real':
      return floatText(sized(bytes, 4).readFloatBE());
    case 'double precision':
      return floatText(sized(bytes, 8).readDoubleBE());
    case 'numeric':
      return numericText(bytes, type.precision === undefined ? undefined : (type.scale ?? 0));
    case 'boolean':
      return sized(bytes, 1)[0] === 1 ? 'true' : 'false';
    case 'text':
    case 'varchar':
    case 'json':
      return bytes.toString('utf8');
    case 'jsonb':
      if (bytes[0] !== 1) throw new RangeError('jsonb begins with its version');
      return bytes.toString('utf8', 1);
    case 'uuid':
      return sized(bytes, 16)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    case 'bytea':
      return `\\x${bytes.toString('hex')}`;
    case 'date':
      return postgresDate(BigInt(sized(bytes, 4).readInt32BE()) + daysTo2000);
    case 'time':
      return postgresTimestamp(sized(bytes, 8).readBigInt64BE(), false).slice('1970-01-01 '.length);
    case 'timestamp':
    case 'timestamptz':
      return postgresTimestamp(sized(bytes, 8).readBigInt64BE() + microsTo2000, type.name === 'timestamptz');
  }
}

function sized(bytes: Buffer, size: number): Buffer {
  if (bytes.length !== size) throw new RangeError(`${bytes.length} bytes where ${size} belong`);
  return bytes;
}

/** JavaScript prints −0 without its sign. */
const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const numericSigns: Readonly<Record<number, string>> = {
  0: '',
  16384: '-',
  49152: 'NaN',
  53248: 'Infinity',
  61440: '-Infinity',
};

/** @param typeScale the scale that the column gives to every value */
function numericText(bytes: Buffer, typeScale: number | undefined): string {
  const count = bytes.readUInt16BE(0);
  const weight = bytes.readInt16BE(2);
  const sign = numericSigns[bytes.readUInt16BE(4)];
  const scale = bytes.readUInt16BE(6);
  if (sign === undefined || bytes.length !== 8 + 2 * count) throw new RangeError('Not a numeric');
  if (sign.length > 1) return sign;

  let groups = '';
  for (let i = 0; i < count; i++) {
    const group = bytes.readInt16BE(8 + 2 * i);
    if (group < 0 || group > 9999) throw new RangeError('A group of numeric has four digits');
    groups += String(group).padStart(4, '0');
  }
  const wholeDigits = (weight + 1) * 4;
  const whole = wholeDigits <= 0 ? '' : groups.slice(0, wholeDigits).padEnd(wholeDigits, '0');
  const fraction = wholeDigits >= 0 ? groups.slice(wholeDigits) : '0'.repeat(-wholeDigits) + groups;
  if (/[^0]/.test(fraction.slice(scale))) throw new RangeError('A digit beyond the scale');
  const shown = fraction.slice(0, typeScale ?? scale).padEnd(typeScale ?? scale, '0');
  if (/[^0]/.test(fraction.slice(shown.length))) throw new RangeError('The column would round');
  return `${sign}${whole.replace(/^0+/, '') || '0'}${shown === '' ? '' : `.${shown}`}`;
}

const elementOids: Readonly<Record<string, number>> = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  real: 700,
  'double precision': 701,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
};

/** The literal with every element but NULL in quotes. */
function arrayText(type: ColumnType, bytes: Buffer): string {
  const dimensions = bytes.readInt32BE(0);
  if (bytes.readInt32BE(8) !== elementOids[type.name]) throw new RangeError('Another element type');
  if (dimensions === 0) return sized(bytes, 12) && '{}';
  if (dimensions !== 1 || bytes.readInt32BE(16) !== 1) throw new RangeError('Not one dimension from 1');
  const { fields: elements, end } = readFields(bytes, 20, bytes.readInt32BE(12));
  if (end !== bytes.length) throw new RangeError('Bytes behind the last element');
  const hasNull = elements.includes(null) ? 1 : 0;
  if (bytes.readInt32BE(4) !== hasNull) throw new RangeError('A wrong flag for NULL');
  return `{${elements.map((element) => (element === null ? 'NULL' : quoted(scalarText(type, element)))).join(',')}}`;
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
