import type { Memory } from './memory.ts';
import { writePadded, writeTwoDigits } from './write-digits.ts';

const msPerDay = 86_400_000;

/** Civil date of a day number; Howard Hinnant's `civil_from_days` (chrono-Compatible Low-Level Date Algorithms). */
function civilDate(dayNumber: number): { year: number; month: number; day: number } {
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** Documents written together share their day: its text is kept. */
let lastDay = Number.NaN;
const lastDayText = new Uint8Array(10);

function writeDate(dayNumber: number, output: Memory, position: number): number {
  if (dayNumber === lastDay) {
    for (let i = 0; i < 10; i++) output.bytes[position + i] = lastDayText[i]!;
    return position + 10;
  }
  const start = position;
  const { year, month, day } = civilDate(dayNumber);
  if (year >= 0 && year <= 9999) position = writePadded(year, 4, output, position);
  else {
    output.bytes[position] = year < 0 ? 0x2d : 0x2b;
    const size = Math.abs(year);
    position = writePadded(size, Math.max(6, String(size).length), output, position + 1);
  }
  output.bytes[position] = 0x2d;
  position = writeTwoDigits(month, output, position + 1);
  output.bytes[position] = 0x2d;
  position = writeTwoDigits(day, output, position + 1);
  if (position - start === 10 && position <= output.bytes.length) {
    lastDayText.set(output.bytes.subarray(start, position));
    lastDay = dayNumber;
  }
  return position;
}

/**
 * Writes `2024-01-02T03:04:05.678Z`; years outside 0–9999 with a sign and at least six digits, as ECMAScript does.
 * @param at offset of a little-endian signed 64-bit count of milliseconds since 1970
 */
export function writeIsoTime(input: Memory, at: number, output: Memory, position: number): number {
  const low = input.view.getUint32(at, true);
  const high = input.view.getInt32(at + 4, true);
  let dayNumber: number;
  let ms: number;
  if (high > -0x200000 && high < 0x200000) {
    const time = high * 0x100000000 + low;
    dayNumber = Math.floor(time / msPerDay);
    ms = time - dayNumber * msPerDay;
  } else {
    // Beyond 2^53 ms a double is not exact.
    const time = input.view.getBigInt64(at, true);
    const day = BigInt(msPerDay);
    const rest = ((time % day) + day) % day;
    dayNumber = Number((time - rest) / day);
    ms = Number(rest);
  }
  position = writeDate(dayNumber, output, position);
  const bytes = output.bytes;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = Math.floor(ms / 1000) % 60;
  bytes[position] = 0x54;
  position = writeTwoDigits(hours, output, position + 1);
  bytes[position] = 0x3a;
  position = writeTwoDigits(minutes, output, position + 1);
  bytes[position] = 0x3a;
  position = writeTwoDigits(seconds, output, position + 1);
  bytes[position] = 0x2e;
  position = writePadded(ms % 1000, 3, output, position + 1);
  bytes[position] = 0x5a;
  return position + 1;
}
