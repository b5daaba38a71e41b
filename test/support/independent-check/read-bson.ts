/** A BSON value with its type byte, decoded without any code of the project. */
export interface Node {
  readonly type: number;
  readonly value: unknown;
}
export type Fields = readonly (readonly [key: string, value: Node])[];

export const types = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binary: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  pointer: 12,
  code: 13,
  symbol: 14,
  codeWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
};

/** The bytes of each document of a `.bson` file. */
export function readDump(content: Buffer): Buffer[] {
  const documents = [];
  for (let at = 0; at < content.length; ) {
    const bytes = content.subarray(at, at + content.readInt32LE(at));
    documents.push(bytes);
    at += bytes.length;
  }
  return documents;
}

export function readFields(bytes: Buffer): Fields {
  const fields: [string, Node][] = [];
  for (let at = 4; at < bytes.length - 1; ) {
    const type = bytes[at]!;
    const keyEnd = bytes.indexOf(0, at + 1);
    const key = bytes.toString('utf8', at + 1, keyEnd);
    const [value, size] = readValue(type, bytes, keyEnd + 1);
    fields.push([key, { type, value }]);
    at = keyEnd + 1 + size;
  }
  return fields;
}

function readText(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + 4, at + 4 + bytes.readInt32LE(at) - 1);
}

function readValue(type: number, bytes: Buffer, at: number): [unknown, number] {
  const long = (): number => bytes.readInt32LE(at);
  switch (type) {
    case 1:
      return [bytes.readDoubleLE(at), 8];
    case 2:
    case 13:
    case 14:
      return [readText(bytes, at), 4 + long()];
    case 3:
    case 4: {
      const fields = readFields(bytes.subarray(at, at + long()));
      return [type === 3 ? fields : fields.map(([, node]) => node), long()];
    }
    case 5: {
      const subtype = bytes[at + 4]!;
      const content = bytes.subarray(at + 5, at + 5 + long());
      const isOldForm = subtype === 2 && long() >= 4 && content.readInt32LE() === long() - 4;
      return [{ subtype, bytes: isOldForm ? content.subarray(4) : content }, 5 + long()];
    }
    case 6:
    case 10:
    case 127:
    case 255:
      return [null, 0];
    case 7:
      return [bytes.toString('hex', at, at + 12), 12];
    case 8:
      return [bytes[at] === 1, 1];
    case 9:
    case 18:
      return [bytes.readBigInt64LE(at), 8];
    case 11: {
      const middle = bytes.indexOf(0, at);
      const end = bytes.indexOf(0, middle + 1);
      return [[bytes.toString('utf8', at, middle), bytes.toString('utf8', middle + 1, end)], end + 1 - at];
    }
    case 12:
      return [[readText(bytes, at), bytes.toString('hex', at + 4 + long(), at + 16 + long())], 16 + long()];
    case 15:
      return [
        [
          readText(bytes, at + 4),
          readFields(bytes.subarray(at + 8 + bytes.readInt32LE(at + 4), at + long())),
        ],
        long(),
      ];
    case 16:
      return [bytes.readInt32LE(at), 4];
    case 17:
      return [[bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at)], 8];
    case 19:
      return [readDecimal(bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + 8)), 16];
    default:
      throw new Error(`unknown BSON type ${type}`);
  }
}

/** Decimal128 in its scientific form, from the bits (IEEE 754-2008, binary integer decimal). */
function readDecimal(low: bigint, high: bigint): string {
  const sign = high >> 63n === 1n ? '-' : '';
  const combination = (high >> 58n) & 0x1fn;
  if (combination === 0x1fn) return 'NaN';
  if (combination === 0x1en) return `${sign}Infinity`;
  const isLarge = combination >> 3n === 3n;
  const exponent = Number(isLarge ? (high >> 47n) & 0x3fffn : (high >> 49n) & 0x3fffn) - 6176;
  let digits = isLarge ? 0n : ((high & 0x1ffffffffffffn) << 64n) | low;
  if (digits > 10n ** 34n - 1n) digits = 0n;
  return `${sign}${digits}E${exponent}`;
}
