import { countText } from './count-text.ts';
import type { ProposedColumn } from './proposal.ts';

const mostValues = 12;
const leastRepeats = 10;
/** Fields that may be about a person, whose values do not go into a file. */
const personal =
  /name|mail|user|phone|address|street|city|zip|postal|author|owner|person|password|token|secret|birth|ip$/i;
/** A code, such as `in-progress` or `A4`: one word, not a sentence and not a number of somebody. */
const code = /^[A-Za-z][A-Za-z0-9_./:+-]{0,23}$/;

/** The `check` that a text column could have, where its values look like those of an enumeration. */
export function enumComment({ value, choice, path }: ProposedColumn): string | undefined {
  const strings = value?.strings;
  if (choice?.type !== 'text' || choice.convert !== undefined || choice.outliers > 0) return undefined;
  if (strings?.values === undefined || (path ?? []).some((key) => personal.test(key))) return undefined;
  const texts = strings.values.map(({ text }) => text);
  if (texts.length < 2 || texts.length > mostValues || strings.count < texts.length * leastRepeats)
    return undefined;
  if (!texts.every((text) => code.test(text) && !/\d{6}/.test(text))) return undefined;
  const sorted = texts
    .toSorted()
    .map((text) => (/^(?:true|false|null|yes|no|on|off)$|[:]/i.test(text) ? JSON.stringify(text) : text));
  return `check: [${sorted.join(', ')}]  (${texts.length} values in ${countText(strings.count)})`;
}
