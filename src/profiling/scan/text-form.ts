/** Forms of a text that another type holds as well. */
export const textForm = { none: 0, uuid: 1, dateTime: 2, date: 3, objectId: 4 } as const;
export type TextForm = (typeof textForm)[keyof typeof textForm];

const dash = 0x2d;
const colon = 0x3a;

/** The form of the text in `bytes[start, end)`, in the sense of docs/values.md. */
export function formOf(bytes: Uint8Array, start: number, end: number): TextForm {
  const length = end - start;
  if (length === 36) return isUuid(bytes, start) ? textForm.uuid : textForm.none;
  if (length < 10 || length > 32) return textForm.none;
  if (bytes[start + 4] === dash && bytes[start + 7] === dash) {
    if (!isDate(bytes, start)) return textForm.none;
    if (length === 10) return textForm.date;
    return isTimeWithOffset(bytes, start + 10, end) ? textForm.dateTime : textForm.none;
  }
  return length === 24 && areHex(bytes, start, end) ? textForm.objectId : textForm.none;
}

/** 8-4-4-4-12 hexadecimal digits, in either case. */
function isUuid(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 36; i++) {
    const byte = bytes[at + i] as number;
    if (i === 8 || i === 13 || i === 18 || i === 23 ? byte !== dash : !isHex(byte)) return false;
  }
  return true;
}

function areHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isHex(bytes[at] as number)) return false;
  return true;
}

const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);

/** A real date of the years 0001 to 9999; that the dashes are there was looked at. */
function isDate(bytes: Uint8Array, at: number): boolean {
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `Thh:mm:ss[.ffffff](Z|±hh:mm)` until `end`: up to six decimals, no hour 24, no leap second. */
function isTimeWithOffset(bytes: Uint8Array, at: number, end: number): boolean {
  const separator = bytes[at] as number;
  if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return false;
  if (end - at < 10 || bytes[at + 3] !== colon || bytes[at + 6] !== colon) return false;
  if (!isBelow(bytes, at + 1, 24) || !isBelow(bytes, at + 4, 60) || !isBelow(bytes, at + 7, 60)) return false;
  let offset = at + 9;
  if (bytes[offset] === 0x2e) {
    const first = ++offset;
    while (offset < end && isDigit(bytes[offset] as number)) offset++;
    if (offset === first || offset - first > 6) return false;
  }
  const sign = bytes[offset];
  if (sign === 0x5a || sign === 0x7a) return offset + 1 === end;
  if (sign !== 0x2b && sign !== dash) return false;
  if (offset + 6 !== end || bytes[offset + 3] !== colon) return false;
  return isBelow(bytes, offset + 1, 24) && isBelow(bytes, offset + 4, 60);
}

const isBelow = (bytes: Uint8Array, at: number, limit: number): boolean => {
  const value = twoDigits(bytes, at);
  return value >= 0 && value < limit;
};

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** The number that two digits spell; so far below zero that sums stay there where they are none. */
const twoDigits = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at] as number;
  const ones = bytes[at + 1] as number;
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : -1_000_000;
};
