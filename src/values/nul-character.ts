import type { NulPolicy } from '../mapping/mapping.ts';
import type { NoteAdjustment } from './plain-outcome.ts';
import { type ValuePath, valueProblem } from './value-path.ts';

/**
 * A text as PostgreSQL can hold it, which has no NUL character.
 * @param note told when a NUL was stripped or escaped
 * @throws DocrowError `value-nul-character` under the policies `reject` and `rest` (the caller knows which)
 */
export function applyNulPolicy(
  text: string,
  policy: NulPolicy,
  note: NoteAdjustment,
  path: ValuePath,
): string {
  const hasNul = text.includes('\0');
  if (policy === 'escape') {
    if (hasNul) note('nul-escaped');
    return escapeNul(text);
  }
  if (!hasNul) return text;
  if (policy === 'strip') {
    note('nul-stripped');
    return text.replaceAll('\0', '');
  }
  throw valueProblem(
    'value-nul-character',
    'The text holds a NUL character, which PostgreSQL cannot store',
    path,
  );
}

/** The reversible form: a backslash becomes two, NUL becomes a backslash and `0`. */
export const escapeNul = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
