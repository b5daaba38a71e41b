/** Instants are microseconds from 1970 in UTC, as bigints: BSON dates reach further than JavaScript's do. */

export const microsPerMs = 1000n;
export const microsPerSecond = 1_000_000n;
export const microsPerDay = 86_400n * microsPerSecond;

/** A point in the proleptic Gregorian calendar; the year before 1 is 0. */
export interface CalendarTime {
  readonly year: bigint;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

/** Days from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil). */
export function daysFromDate(year: bigint, month: number, day: number): bigint {
  const shifted = month <= 2 ? year - 1n : year;
  const era = floorDivide(shifted, 400n);
  const yearOfEra = shifted - era * 400n;
  const dayOfYear = BigInt(Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1);
  return era * 146_097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719_468n;
}

/** The calendar's view of an instant (civil_from_days of the same source). */
export function calendarTime(micros: bigint): CalendarTime {
  const days = floorDivide(micros, microsPerDay);
  const ofDay = Number(micros - days * microsPerDay);
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = Number(shifted - era * 146_097n);
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
  return {
    year: BigInt(yearOfEra) + era * 400n + (month <= 2 ? 1n : 0n),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(ofDay / 3_600_000_000),
    minute: Math.floor(ofDay / 60_000_000) % 60,
    second: Math.floor(ofDay / 1_000_000) % 60,
    micros: ofDay % 1_000_000,
  };
}

/** False for 30 February and the like. */
export function isCalendarDate(year: bigint, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const { month: sameMonth, day: sameDay } = calendarTime(daysFromDate(year, month, day) * microsPerDay);
  return sameMonth === month && sameDay === day;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

export const twoDigits = (value: number): string => String(value).padStart(2, '0');
