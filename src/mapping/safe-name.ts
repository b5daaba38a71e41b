import { createHash } from 'node:crypto';

/** PostgreSQL cuts longer identifiers silently (NAMEDATALEN - 1). */
const maxNameBytes = 63;
const hashLength = 8;

/** Columns that every table has already. `oid` is one in PostgreSQL before 12. */
const systemColumns: ReadonlySet<string> = new Set([
  'ctid',
  'xmin',
  'xmax',
  'cmin',
  'cmax',
  'tableoid',
  'oid',
]);

/**
 * The name under which PostgreSQL gets it: itself up to 63 bytes of UTF-8, otherwise its beginning and a hash of
 * the whole, so that two long names never meet and every run makes the same one.
 */
export function safeName(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= maxNameBytes) return name;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, hashLength);
  let end = maxNameBytes - hashLength - 1;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}_${hash}`;
}

/** What is wrong with the name of a table, index or constraint, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a name cannot be empty';
  if (name.includes('\0')) return 'a name cannot hold a NUL character';
  if (/\p{Surrogate}/u.test(name)) return 'a name cannot hold half of a surrogate pair';
  if (name === '__proto__') return 'the name "__proto__" is reserved';
  return undefined;
}

/** What is wrong with the name of a column, or undefined. */
export function columnNameProblem(name: string): string | undefined {
  if (systemColumns.has(name.toLowerCase())) {
    return `"${name}" is a system column of PostgreSQL; choose another name`;
  }
  return nameProblem(name);
}

/** Two names with the same folded form would be one for everybody who writes SQL without quotes. */
export function foldedName(name: string): string {
  return safeName(name).toLowerCase();
}
