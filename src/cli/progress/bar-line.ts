import { printable } from '../../report/text/printable.ts';
import { doneShare, progressFacts } from './describe-progress.ts';
import type { CollectionProgress } from './run-board.ts';

const leastBar = 6;
const mostBar = 30;

/**
 * One collection in one line of less than `width` characters: name, bar, facts in columns. Where there is little
 * room, the counts go first and then the bytes.
 */
export const barLine = (line: CollectionProgress, now: number, width: number): string => {
  const facts = progressFacts(line, now);
  const nameWidth = width < 100 ? 15 : 24;
  const name = shorten(printable(line.collection), nameWidth).padEnd(nameWidth);
  const speed = [facts.documentRate.padStart(9), facts.byteRate.padStart(9)];
  const end = [facts.left.padStart(11), facts.setAside];
  const choices = [
    [facts.percent.padStart(4), facts.counts.padStart(24), ...speed, ...end],
    [facts.percent === '' ? facts.counts : facts.percent.padStart(4), ...speed, ...end],
    [facts.percent === '' ? facts.counts : facts.percent.padStart(4), speed[0] ?? '', ...end],
  ].map((parts) => parts.join('  ').trimEnd());
  const share = doneShare(line);
  const room = (text: string): number => width - 1 - nameWidth - 4 - text.length;
  const chosen = choices.find((text) => room(text) >= leastBar) ?? choices.at(-1) ?? '';
  const barWidth = Math.max(leastBar, Math.min(mostBar, room(chosen)));
  const bar = share === undefined ? ' '.repeat(barWidth) : drawBar(share, barWidth);
  return shorten(`${name}  ${bar}  ${chosen}`, width - 1);
};

const drawBar = (share: number, width: number): string => {
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};

const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
