import type { CollectionRetry, RetryReport } from '../retry-report.ts';
import { formatCount, formatDocuments } from './quantities.ts';
import { renderRejectionGroups } from './rejections-text.ts';
import { joinSections, type NextStep, renderNextSteps } from './section.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell } from './table.ts';
import { wrapWithMark } from './wrap.ts';

/** What became of the documents that were tried again. */
export const renderRetry = (style: Style, report: RetryReport): string =>
  joinSections([
    verdict(style, report),
    report.collections.length === 0 ? undefined : collectionsTable(style, report),
    mappingChanges(style, report),
    clearedReferences(style, report),
    withoutDocument(style, report),
    renderRejectionGroups(style, report.rejections),
    renderNextSteps(style, nextSteps(report)),
  ]);

const verdict = (style: Style, { status, totals, remaining }: RetryReport): string => {
  const { retried, loaded } = totals;
  if (retried === 0 && status !== 'interrupted') {
    const left =
      remaining === 0 ? 'no document is set aside' : `${formatDocuments(remaining)} stay set aside`;
    return `${remaining === 0 ? style.good('✓') : style.warning('!')} ${style.bold(`Nothing to retry: ${left}`)}`;
  }
  const text = `Loaded ${formatCount(loaded)} of ${formatDocuments(retried)} that were set aside`;
  if (status === 'interrupted') {
    return `${style.warning('■')} ${style.bold(`Stopped. ${text}`)}; the same command goes on from here`;
  }
  const left = remaining > 0 ? `, ${formatCount(remaining)} are left` : '';
  const mark = status === 'done' ? style.good('✓') : style.warning('!');
  return `${mark} ${style.bold(`${text}${left}`)}`;
};

const collectionsTable = (style: Style, { collections, totals }: RetryReport): string => {
  const line = (title: string | TableCell, counts: RetryReport['totals']): (string | TableCell)[] => [
    title,
    formatCount(counts.retried),
    formatCount(counts.loaded),
    counts.rejected > 0
      ? { text: formatCount(counts.rejected), paint: style.warning }
      : { text: '0', paint: style.dim },
  ];
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: 'Retried', align: 'right' },
      { title: 'Loaded', align: 'right' },
      { title: 'Set aside again', align: 'right' },
    ],
    collections.map((retry) => line(retry.collection, retry)),
    collections.length > 1 ? line({ text: 'Total', paint: style.bold }, totals) : undefined,
  );
};

/** Which rows follow the mapping of before, and which the one of now. */
const mappingChanges = (style: Style, { collections }: RetryReport): string | undefined => {
  const changed = collections.filter(({ mappingChanges: changes }) => changes.length > 0);
  if (changed.length === 0) return undefined;
  const lines = changed.flatMap((retry) => [
    wrapWithMark(style.dim('→'), beforeAndNow(retry), style.width),
    ...retry.mappingChanges.map((change) => wrapWithMark(style.dim('  ·'), change, style.width)),
  ]);
  return [`${style.bold('Mapping changed')}`, ...lines].join('\n');
};

const beforeAndNow = ({ collection, loadedBefore, loaded }: CollectionRetry): string =>
  `${collection}: ${formatDocuments(loadedBefore)} loaded before stay as the earlier mapping wrote them, ` +
  `${formatCount(loaded)} follow the mapping of now, which is the run’s from here on`;

const clearedReferences = (style: Style, { totals }: RetryReport): string | undefined => {
  const { clearedReferences: cleared } = totals;
  if (cleared === 0) return undefined;
  const text =
    cleared === 1
      ? '1 reference that leads nowhere is NULL now (orphans: "null")'
      : `${formatCount(cleared)} references that lead nowhere are NULL now (orphans: "null")`;
  return wrapWithMark(style.dim('→'), `${text}; docrow.audit names the documents`, style.width);
};

const withoutDocument = (style: Style, { totals }: RetryReport): string | undefined =>
  totals.withoutDocument === 0
    ? undefined
    : wrapWithMark(
        style.dim('→'),
        `${formatDocuments(totals.withoutDocument)} could not go again: the source had lost them when they were set aside, so that nothing but the _id is kept`,
        style.width,
      );

const nextSteps = ({ status, remaining, totals }: RetryReport): readonly NextStep[] => {
  const steps: NextStep[] = [];
  if (remaining > 0 && status !== 'interrupted') {
    steps.push({ command: 'docrow rejects list', purpose: 'what is left, with the reasons' });
  }
  if (totals.loaded > 0 && status !== 'interrupted') {
    steps.push({
      command: 'docrow validate',
      purpose: 'compare both sides; needs the source that this run loaded (--source)',
    });
  }
  return steps;
};
