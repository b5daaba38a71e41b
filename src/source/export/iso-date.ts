/**
 * Milliseconds since 1970 of an ISO 8601 date and time as MongoDB's tools and shells wrote them, or NaN where it is
 * none or more exact than a millisecond:
 * `2013-01-02T03:04:05.678Z`, also with fewer digits of a second or none, without seconds, and with `+0100`,
 * `-07:00` or `+01` for `Z`.
 * @param isFromShell take a date without time, a time without zone (UTC) and a space for the `T`, as `ISODate` does
 */
export function isoMilliseconds(text: string, isFromShell = false): number {
  const match = (isFromShell ? shellForm : exportForm).exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const time = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  if (/[^0]/.test(fraction.slice(3))) return Number.NaN;
  const days = daysSince1970(Number(year), Number(month), Number(day));
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return (days * 86_400 + time - zoneSeconds(zone)) * 1000 + milliseconds;
}

const exportForm = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)$/;
const shellForm =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (hours * 3600 + minutes * 60) * (zone[0] === '-' ? -1 : 1);
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Days from 1970-01-01 in the Gregorian calendar, or NaN where there is no such day (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", `days_from_civil`).
 */
export function daysSince1970(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = (monthDays[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0);
  if (day < 1 || day > length) return Number.NaN;
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}
