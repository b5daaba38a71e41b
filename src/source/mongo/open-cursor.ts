import type { Document } from 'mongodb';
import { CommandCursor } from './command-cursor.ts';
import type { PageCursor } from './document-page.ts';
import { DriverCursor } from './driver-cursor.ts';
import type { MongoConnection } from './mongo-connection.ts';

/** @param query fields of the `find` command */
export function openCursor(
  connection: MongoConnection,
  collection: string,
  query: Document,
  signal: AbortSignal,
): PageCursor {
  const Cursor = connection.oneServer ? CommandCursor : DriverCursor;
  return new Cursor(connection, collection, query, signal);
}
