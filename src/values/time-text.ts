import {
  type CalendarTime,
  calendarTime,
  daysFromDate,
  isCalendarDate,
  microsPerDay,
  microsPerMs,
  microsPerSecond,
  twoDigits,
} from './calendar.ts';

/** `YYYY-MM-DD HH:MM:SS[.ffffff][+00][ BC]`, as PostgreSQL reads it. */
export function postgresTimestamp(micros: bigint, withZone: boolean): string {
  const time = calendarTime(micros);
  return `${calendarDate(time)} ${timeOfDayText(time)}${withZone ? '+00' : ''}${era(time)}`;
}

/** `YYYY-MM-DD[ BC]`. */
export function postgresDate(days: bigint): string {
  const time = calendarTime(days * microsPerDay);
  return calendarDate(time) + era(time);
}

/** PostgreSQL counts years before 1 as 1 BC, 2 BC, …; the year 0 of the calendar is 1 BC. */
const calendarDate = ({ year, month, day }: CalendarTime): string =>
  `${String(year > 0n ? year : 1n - year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;

const era = ({ year }: CalendarTime): string => (year > 0n ? '' : ' BC');

/** `HH:MM:SS` with as many decimals as are needed. */
export function timeOfDayText({
  hour,
  minute,
  second,
  micros,
}: Omit<CalendarTime, 'year' | 'month' | 'day'>): string {
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
  return `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}`;
}

/** ISO 8601 in UTC with milliseconds, as JavaScript's `toISOString`, with more digits for years that it cannot hold. */
export function isoText(milliseconds: bigint): string {
  const time = calendarTime(milliseconds * microsPerMs);
  const date = `${isoYear(time.year)}-${twoDigits(time.month)}-${twoDigits(time.day)}`;
  const fraction = String(time.micros / 1000).padStart(3, '0');
  return `${date}T${twoDigits(time.hour)}:${twoDigits(time.minute)}:${twoDigits(time.second)}.${fraction}Z`;
}

function isoYear(year: bigint): string {
  if (year >= 0n && year <= 9999n) return String(year).padStart(4, '0');
  return year < 0n ? `-${String(-year).padStart(6, '0')}` : `+${String(year).padStart(6, '0')}`;
}

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const timeForm = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;
const instantForm = /^(.{10})[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2})?$/;

/** Days from 1970 of a real date `YYYY-MM-DD` in the years 0001 to 9999. */
export function parseDate(text: string): bigint | undefined {
  const match = dateForm.exec(text);
  if (match === null) return undefined;
  const year = BigInt(match[1] ?? 0);
  const month = Number(match[2]);
  const day = Number(match[3]);
  return year > 0n && isCalendarDate(year, month, day) ? daysFromDate(year, month, day) : undefined;
}

/** Microseconds from midnight of `HH:MM:SS` with up to six decimals; no hour 24, no leap second. */
export function parseTimeOfDay(text: string): bigint | undefined {
  const match = timeForm.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = match.slice(1, 4).map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = Number((match[4] ?? '').padEnd(6, '0'));
  return BigInt(hour * 3600 + minute * 60 + second) * microsPerSecond + BigInt(micros);
}

/**
 * Microseconds from 1970 of an RFC 3339 date-time.
 * @param zone whether the text must say its offset; where it need not, it counts as UTC without one, and a mere date
 *   is its midnight
 */
export function parseInstant(text: string, zone: 'required' | 'optional'): bigint | undefined {
  const date = zone === 'optional' ? parseDate(text) : undefined;
  if (date !== undefined) return date * microsPerDay;
  const match = instantForm.exec(text);
  if (match === null) return undefined;
  const days = parseDate(match[1] ?? '');
  const ofDay = parseTimeOfDay(match[2] ?? '');
  const offset = match[3] === undefined ? (zone === 'optional' ? 0n : undefined) : parseOffset(match[3]);
  if (days === undefined || ofDay === undefined || offset === undefined) return undefined;
  return days * microsPerDay + ofDay - offset;
}

/** Microseconds that an offset is ahead of UTC. */
function parseOffset(text: string): bigint | undefined {
  if (text === 'Z' || text === 'z') return 0n;
  const ahead = parseTimeOfDay(`${text.slice(1)}:00`);
  return ahead !== undefined && text.startsWith('-') ? -ahead : ahead;
}
