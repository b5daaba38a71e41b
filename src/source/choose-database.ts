import { DocrowError } from '../errors/docrow-error.ts';

/** Databases that MongoDB keeps for itself. */
const systemDatabases = new Set(['admin', 'config', 'local']);

/**
 * The database to read: the one that was named, else the only one that is not MongoDB's own.
 * @param databases those that the source has
 * @param place for messages, without a password
 * @throws DocrowError `source-not-found`, `source-ambiguous`
 */
export function chooseDatabase(
  databases: readonly string[],
  named: string | undefined,
  place: string,
): string {
  const names = databases.toSorted();
  if (named !== undefined) {
    if (names.includes(named)) return named;
    const message = `There is no database ${JSON.stringify(named)} in ${place}; it holds: ${list(names)}`;
    throw new DocrowError('source-not-found', message, { database: named });
  }
  const candidates = names.filter((name) => !systemDatabases.has(name));
  const [only, ...others] = candidates;
  if (only === undefined) {
    throw new DocrowError('source-not-found', `There is no database in ${place}`, {
      databases: names.length,
    });
  }
  if (others.length > 0) {
    const message = `There are ${candidates.length} databases in ${place}: ${list(candidates)}`;
    throw new DocrowError('source-ambiguous', message, { databases: candidates.length });
  }
  return only;
}

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
