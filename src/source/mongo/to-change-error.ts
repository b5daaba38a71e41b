import { DocrowError } from '../../errors/docrow-error.ts';
import { dateOfClusterTime } from '../change-feed.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { readChangeWindow } from './read-change-window.ts';
import { toMongoError } from './to-mongo-error.ts';

/**
 * Makes a DocrowError of what reading a change stream threw. Of a lost history it says from when to when changes are
 * missing, where the server lets that be read: `lastChange` and `oldestChange` in its context, as ISO 8601.
 * @param clusterTime of the last position, `seconds:increment`
 */
export async function toChangeError(
  error: unknown,
  connection: MongoConnection,
  clusterTime: string,
): Promise<DocrowError> {
  const { database } = connection;
  const converted = toMongoError(error, { database });
  if (converted.code === 'source-denied') {
    return converted.advising(
      `Grant the user the privileges changeStream and find on database ${JSON.stringify(database)}, for all its collections; the role read has both`,
    );
  }
  if (converted.code !== 'source-history-lost') return converted;
  const lastChange = dateOfClusterTime(clusterTime).toISOString();
  const window = await readChangeWindow(connection).catch(() => undefined);
  const oldestChange = window?.kind === 'window' ? window.oldest.toISOString() : undefined;
  const gap = oldestChange === undefined ? '' : `; what it still has begins at ${oldestChange}`;
  const message = `MongoDB no longer has the changes after ${lastChange} (${converted.context['reason']})${gap}`;
  return new DocrowError(
    'source-history-lost',
    message,
    { ...converted.context, clusterTime, lastChange, oldestChange },
    error,
  );
}
