/** Milliseconds from 1970 to PostgreSQL's own epoch, 2000-01-01. */
export const epochOffsetMs = 946_684_800_000;

/** PostgreSQL's timestamp range, in milliseconds from 2000: 4714-11-24 BC (inclusive) to 294277-01-01 (exclusive); timestamp.h. */
const smallestTimestampMs = -211_813_488_000_000;
const endTimestampMs = 9_223_371_331_200_000;

/** PostgreSQL's date range in days from 2000: 4714-11-24 BC to 5874897-12-31. */
export const smallestDate = -2_451_545;
export const largestDate = 2_145_031_948;

/** Whether PostgreSQL has a timestamp for these milliseconds since 1970. */
export function isTimestamp(ms: number): boolean {
  const shifted = ms - epochOffsetMs;
  return shifted >= smallestTimestampMs && shifted < endTimestampMs;
}

/** The same for microseconds since 1970. */
export function isTimestampMicros(micros: bigint): boolean {
  const shifted = micros - BigInt(epochOffsetMs) * 1000n;
  return shifted >= BigInt(smallestTimestampMs) * 1000n && shifted < BigInt(endTimestampMs) * 1000n;
}

const dateTimeForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(Z|z|[+-]\d{2}:\d{2})?)?$/;
const timeForm = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;

/** A point in time as whole milliseconds since 1970 and the microseconds below. */
export interface Instant {
  readonly ms: number;
  /** 0–999. */
  readonly micros: number;
}

const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isCalendarDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : days[month - 1]!);
}

/** Midnight UTC; Date.UTC alone would read years below 100 as 19xx. */
const dayStart = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month - 1, day);

/**
 * Reads an RFC 3339 time.
 * @param zoneOptional also take a time, or a mere date, without an offset, as UTC
 * @returns undefined when the text is not one
 */
export function parseInstant(text: string, zoneOptional: boolean): Instant | undefined {
  const match = dateTimeForm.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds, fraction = '', zone] = match;
  if (zone === undefined && !zoneOptional) return undefined;
  if (!isCalendarDate(Number(year), Number(month), Number(day))) return undefined;
  let ms = dayStart(Number(year), Number(month), Number(day));
  if (hours !== undefined) {
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    ms += Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  }
  if (zone !== undefined && zone.length > 1) {
    const zoneHours = Number(zone.slice(1, 3));
    const zoneMinutes = Number(zone.slice(4, 6));
    if (zoneHours > 23 || zoneMinutes > 59) return undefined;
    const offset = zoneHours * 3_600_000 + zoneMinutes * 60_000;
    ms += zone.startsWith('-') ? offset : -offset;
  }
  const micros = Number(fraction.padEnd(6, '0'));
  return { ms: ms + Math.floor(micros / 1000), micros: micros % 1000 };
}

/** Days from 2000 of `YYYY-MM-DD`; undefined when it is not a calendar date. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (!isCalendarDate(year, month, day)) return undefined;
  return (dayStart(year, month, day) - epochOffsetMs) / 86_400_000;
}

/** Microseconds since midnight of `HH:MM:SS[.ffffff]`; undefined when it is not a time of day. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = timeForm.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * 1e6 + Number((match[4] ?? '').padEnd(6, '0'));
}
