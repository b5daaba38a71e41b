import { columnNameProblem, safeName } from '../../mapping/safe-name.ts';
import { reservedWords } from './reserved-words.ts';

/** `snake`: address.zipCode → address_zip_code. `keep`: as in the source, address_zipCode, where that is legal. */
export type NameStyle = 'snake' | 'keep';

/**
 * A name in PostgreSQL for keys of the source, without regard to other names. `snake` gives lower case, letters,
 * digits and underscores only (letters of any script), never a word that SQL keeps for itself.
 */
export function nameOf(keys: readonly string[], style: NameStyle): string {
  const parts = keys.map(style === 'snake' ? snakeCase : (key) => key).filter((part) => part !== '');
  const joined = parts.join('_') || 'field';
  // JavaScript would move a key that looks like a number to the front.
  const named = /^\d/.test(joined) && (style === 'snake' || /^\d+$/.test(joined)) ? `_${joined}` : joined;
  const free = style === 'snake' && reservedWords.has(named) ? `${named}_` : named;
  const name = safeName(free.replaceAll('\0', '_'));
  return columnNameProblem(name) === undefined ? name : `${name.replace(/^_+/, '')}_`;
}

function snakeCase(key: string): string {
  return key
    .normalize('NFC')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/** One of what a name in the plural stands for: `orders` → `order`, `categories` → `category`, `status` stays. */
export function singular(name: string): string {
  if (/(?:ss|us|is|news|series)$/i.test(name)) return name;
  if (/[^aeiou]ies$/i.test(name)) return name.replace(/ies$/i, 'y');
  if (/(?:ch|sh|x|z|ss)es$/i.test(name)) return name.slice(0, -2);
  return name.length > 2 ? name.replace(/s$/i, '') : name;
}
