import { printable } from '../../report/text/printable.ts';
import {
  formatByteRate,
  formatCount,
  formatDocuments,
  formatDuration,
} from '../../report/text/quantities.ts';
import type { CollectionProgress } from './run-board.ts';

/** Share that is done, 0 to 1; undefined where nobody knows how much there is. An estimate may be too low. */
export const doneShare = ({ read, estimatedDocuments }: CollectionProgress): number | undefined =>
  estimatedDocuments === undefined || estimatedDocuments === 0
    ? undefined
    : Math.min(1, read / estimatedDocuments);

/** What is known about a collection's progress, each part a text; empty where it is not known. */
export interface ProgressFacts {
  readonly percent: string;
  readonly counts: string;
  readonly documentRate: string;
  readonly byteRate: string;
  readonly left: string;
  readonly setAside: string;
}

export const progressFacts = (line: CollectionProgress, now: number): ProgressFacts => {
  const share = doneShare(line);
  const { documents, bytes } = line.throughput.rate(now);
  const left = share === undefined ? undefined : secondsLeft(line, documents);
  return {
    percent: share === undefined ? '' : `${Math.floor(share * 100)}%`,
    counts:
      formatCount(line.read) +
      (share === undefined ? '' : ` of ${formatCount(line.estimatedDocuments ?? 0)}`),
    documentRate: `${formatCount(documents)}/s`,
    byteRate: formatByteRate(bytes, 1),
    left: left === undefined ? '' : `${formatDuration(left)} left`,
    setAside: line.rejected > 0 ? `${formatCount(line.rejected)} set aside` : '',
  };
};

/** `30%  12,000 of 40,000  5,000/s  2.1 MB/s  6.0 s left  3 set aside` */
export const describeProgress = (line: CollectionProgress, now: number): string => {
  const { percent, counts, documentRate, byteRate, left, setAside } = progressFacts(line, now);
  return [percent, counts, documentRate, byteRate, left, setAside].filter((part) => part !== '').join('  ');
};

const secondsLeft = ({ read, estimatedDocuments }: CollectionProgress, rate: number): number | undefined => {
  const remaining = (estimatedDocuments ?? 0) - read;
  return remaining > 0 && rate > 0 ? remaining / rate : undefined;
};

/** `tasks: 700 documents in 0.2 s, 5 set aside` */
export const describeLoaded = (line: CollectionProgress, now: number): string => {
  const setAside = line.rejected > 0 ? `, ${formatCount(line.rejected)} set aside` : '';
  const took = formatDuration((now - line.startedAt) / 1000);
  return `${printable(line.collection)}: ${formatDocuments(line.read)} read in ${took}${setAside}`;
};
