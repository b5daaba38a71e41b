const countFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1234567 → `1,234,567` */
export const formatCount = (count: number): string => countFormat.format(count);

/** `1 document`, `2 documents` */
export const formatDocuments = (count: number): string =>
  `${formatCount(count)} ${count === 1 ? 'document' : 'documents'}`;

/** One line per table: `tasks 1,234` */
export const rowsPerTable = (rows: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(rows).map(([table, count]) => `${table} ${formatCount(count)}`);

/** Decimal units: 1234567 → `1.2 MB` */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** Bytes per second; a dash where no time was measured. */
export const formatByteRate = (bytes: number, seconds: number): string =>
  seconds > 0 && bytes > 0 ? `${formatBytes(bytes / seconds)}/s` : '–';

/** 0.25 → `0.3 s`, 75 → `1 min 15 s`, 7500 → `2 h 05 min` */
export const formatDuration = (seconds: number): string => {
  if (seconds < 0.05) return seconds > 0 ? `${Math.ceil(seconds * 1000)} ms` : '0 s';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** How far behind: whole seconds below a minute, 0 → `0 s`, then as a duration. */
export const formatLag = (seconds: number): string =>
  seconds < 59.5 ? `${Math.round(seconds)} s` : formatDuration(seconds);

/** Of something per second: 0.42 → `0.4/s`, 1234.5 → `1,235/s` */
export const formatRate = (perSecond: number): string =>
  `${perSecond >= 9.95 || perSecond === 0 ? formatCount(perSecond) : perSecond.toFixed(1)}/s`;

/** `2026-03-01T08:15:30.123Z` → `2026-03-01 08:15:30 UTC` */
export const formatTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
