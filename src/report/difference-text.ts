import { cutText } from './cut-text.ts';
import type { Difference } from './validation-report.ts';

export const differenceWords: Readonly<Record<Difference['kind'], string>> = {
  'missing-row': 'row missing',
  'extra-row': 'row too many',
  'changed-value': 'value differs',
  'undeclared-loss': 'lost, not declared',
};

export const stateWords: Readonly<Record<Difference['state'], string>> = {
  standing: 'standing',
  moving: 'on its way',
};

/** The key of a row: `user_id=5, position=2`; the document’s `_id` where no row can be named. */
export const keyText = ({ key, id }: Pick<Difference, 'key' | 'id'>): string => {
  const parts = Object.entries(key);
  if (parts.length === 0) return id === undefined ? '' : `_id ${id}`;
  return parts.map(([column, value]) => `${column}=${value}`).join(', ');
};

/** One side of a difference: nothing where it is about a whole row, else PostgreSQL's text or NULL. */
export const sideText = (difference: Difference, side: 'expected' | 'actual'): string | undefined =>
  difference[side] ?? (difference.column === undefined ? undefined : 'NULL');

const shownCharacters = 400;

/** One line for a difference, with both values where it is about one; long ones are cut. */
export const differenceText = (difference: Difference): string => {
  const { kind, table, column, state } = difference;
  const [expected, actual] = [sideText(difference, 'expected'), sideText(difference, 'actual')];
  const place = [table, column].filter((part) => part !== undefined && part !== '').join('.');
  const parts = [`${place} (${cutText(keyText(difference), shownCharacters)}): ${differenceWords[kind]}`];
  if (expected !== undefined) parts.push(`expected ${cutText(expected, shownCharacters)}`);
  if (actual !== undefined) parts.push(`found ${cutText(actual, shownCharacters)}`);
  if (state === 'moving') parts.push(stateWords.moving);
  return parts.join(', ');
};
