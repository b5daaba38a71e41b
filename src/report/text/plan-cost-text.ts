import type { PlanReport } from '../plan-report.ts';
import { printable } from './printable.ts';
import { formatBytes, formatCount, formatDuration } from './quantities.ts';
import { titleWith } from './section.ts';
import type { Style } from './style.ts';
import { wrapWithMark } from './wrap.ts';

/** Time and disk, each with how it was estimated. */
export const renderCosts = (style: Style, { time, disk }: PlanReport): string => {
  const workers = time.workers === 1 ? '1 worker' : `${formatCount(time.workers)} workers`;
  const parts = `${formatDuration(time.loadSeconds)} to load with ${workers}, ${formatDuration(time.indexSeconds)} for keys and indexes`;
  const bytes = `${formatBytes(disk.tableBytes)} for tables, ${formatBytes(disk.indexBytes)} for indexes, and as much again for a while in the write-ahead log`;
  return [
    style.bold('Costs'),
    `  Time  about ${formatDuration(time.seconds)}: ${parts}`,
    `        ${style.dim(`${time.basis}; validation comes on top`)}`,
    `  Disk  about ${formatBytes(disk.tableBytes + disk.indexBytes)}: ${bytes}`,
    `        ${style.dim(`${disk.basis}. PostgreSQL does not say how much is free: look on its machine`)}`,
  ].join('\n');
};

/** How the target's tables are found, and what run it holds. */
export const renderTables = (style: Style, { tables, run }: PlanReport): string | undefined => {
  if (tables.length === 0 && run === undefined) return undefined;
  const words = {
    missing: 'will be made',
    empty: 'are there and empty',
    loaded: 'belong to the run in the target',
    appended: 'have rows, and get more',
    unusable: 'cannot be used as they are',
    unknown: 'could not be looked at',
  };
  const states = [...new Set(tables.map(({ state }) => state))];
  const lines = states.map((state) => {
    const names = tables.flatMap((table) => (table.state === state ? [table.table] : []));
    return `  ${printable(names.join(', '))}: ${style.dim(words[state])}`;
  });
  if (run !== undefined) lines.push(wrapWithMark(style.dim('→'), printable(run), style.width));
  return [style.bold('Tables'), ...lines].join('\n');
};

/** The statements that give what is missing. */
export const renderPrivileges = (style: Style, { privileges }: PlanReport): string | undefined => {
  if (privileges.length === 0) return undefined;
  const lines = privileges.map(
    ({ side, purpose, statement }) =>
      `  ${style.name(printable(statement))}\n    ${style.dim(`${side}: to ${printable(purpose)}`)}`,
  );
  return [style.bold('Privileges missing'), ...lines].join('\n');
};

export const renderChangeHistory = (style: Style, { changeHistory: history, time }: PlanReport): string => {
  if (history.kind === 'none')
    return titleWith(style, 'Change history', `none: ${printable(history.reason)}`);
  const window = `${style.bold('Change history')} reaches back ${formatDuration(history.seconds)}`;
  if (!history.isShort) return window;
  const warning = `The load takes about ${formatDuration(time.seconds)}, more than half of that: what changes meanwhile may be gone before it can be followed. Make the oplog larger`;
  return `${window}\n${wrapWithMark(style.warning('!'), warning, style.width)}`;
};
