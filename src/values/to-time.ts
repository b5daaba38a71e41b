import type { BsonValue } from './bson-value.ts';
import { calendarTime, daysFromDate, microsPerDay, microsPerMs, microsPerSecond } from './calendar.ts';
import { readText } from './read-text.ts';
import {
  parseDate,
  parseInstant,
  parseTimeOfDay,
  postgresDate,
  postgresTimestamp,
  timeOfDayText,
} from './time-text.ts';
import { mismatch, outOfRange, type ValuePath } from './value-path.ts';

/** What PostgreSQL can hold: from the first instant of 24 November 4714 BC … */
const firstDay = daysFromDate(-4713n, 11, 24);
/** … to the end of these days, excluded. */
const endOfTimestamps = daysFromDate(294_277n, 1, 1);
const endOfDates = daysFromDate(5_874_898n, 1, 1);

/** timestamptz and timestamp (which gets the UTC time): dates, texts with an offset, the seconds of a timestamp. */
export function toTimestamp(value: BsonValue, type: 'timestamptz' | 'timestamp', path: ValuePath): string {
  switch (value.type) {
    case 'date':
      return timestampText(value.milliseconds * microsPerMs, type, path);
    case 'timestamp':
      return timestampText(BigInt(value.seconds) * microsPerSecond, type, path);
    case 'string': {
      const micros = parseInstant(readText(value.text, path), 'required');
      if (micros !== undefined) return timestampText(micros, type, path);
    }
  }
  throw mismatch('The value is not a date, nor the text of one with an offset', path);
}

/** @throws DocrowError `value-out-of-range` outside what PostgreSQL can hold */
export function timestampText(micros: bigint, type: 'timestamptz' | 'timestamp', path: ValuePath): string {
  if (micros < firstDay * microsPerDay || micros >= endOfTimestamps * microsPerDay) {
    throw outOfRange('The date lies outside what PostgreSQL can hold', path);
  }
  return postgresTimestamp(micros, type === 'timestamptz');
}

/** date: dates at midnight UTC, and texts `YYYY-MM-DD`. */
export function toDate(value: BsonValue, path: ValuePath): string {
  const days = daysOf(value, path);
  if (days === undefined) throw mismatch('The value is not a date without a time of day', path);
  if (days < firstDay || days >= endOfDates)
    throw outOfRange('The date lies outside what PostgreSQL can hold', path);
  return postgresDate(days);
}

function daysOf(value: BsonValue, path: ValuePath): bigint | undefined {
  if (value.type === 'string') return parseDate(readText(value.text, path));
  if (value.type !== 'date') return undefined;
  const micros = value.milliseconds * microsPerMs;
  return micros % microsPerDay === 0n ? micros / microsPerDay : undefined;
}

/** time: texts `HH:MM:SS` with up to six decimals. */
export function toTimeOfDay(value: BsonValue, path: ValuePath): string {
  const micros = value.type === 'string' ? parseTimeOfDay(readText(value.text, path)) : undefined;
  if (micros === undefined) throw mismatch('The value is not the text of a time of day', path);
  return timeOfDayText(calendarTime(micros));
}
