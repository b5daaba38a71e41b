import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DocrowError } from '../errors/docrow-error.ts';
import type { SourceAddress } from './document-source.ts';
import { stemOfExport } from './export/export-file.ts';

/**
 * Understands what a person gives as the source: a MongoDB URI, or the path of a dump or export.
 *
 * The database of a server is the one named in `options`, else the one in the URI's path, else undefined: it is
 * then found when the source is opened. The URI keeps its path, which also says where the user is kept.
 * @throws DocrowError `settings-invalid`
 */
export function parseSourceAddress(
  text: string,
  options: { readonly database?: string | undefined } = {},
): SourceAddress {
  const { database } = options;
  if (text.trim() === '') throw invalid('The source is empty');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return fileAddress(text, database);
    case 'file':
      return fileAddress(pathOfFileUrl(text), database);
    case 'mongodb':
    case 'mongodb+srv':
      return { kind: 'mongo', uri: text, database: database ?? databaseInUri(text) };
    default:
      throw invalid(`A source cannot begin with ${scheme}://`);
  }
}

function fileAddress(path: string, database: string | undefined): SourceAddress {
  const isExport = stemOfExport(basename(path)) !== undefined;
  return { kind: isExport ? 'export' : 'dump', path, database };
}

function databaseInUri(uri: string): string | undefined {
  const place = uri.slice(uri.indexOf('://') + 3);
  const match = /^[^/?]+(?:\/([^?]*))?(?:\?.*)?$/s.exec(place);
  if (match === null) throw invalid('The MongoDB URI names no host');
  const name = match[1] ?? '';
  // Only a password with an unescaped slash puts an @ here.
  if (name.includes('@')) throw invalid('The user or password in the MongoDB URI has to be percent-encoded');
  if (name === '') return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    throw invalid('The database in the MongoDB URI is not percent-encoded correctly');
  }
}

function pathOfFileUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch {
    throw invalid('The file:// URL is not one of this machine');
  }
}

const invalid = (what: string): DocrowError =>
  new DocrowError(
    'settings-invalid',
    `${what}: give mongodb://host/database, mongodb+srv://host/database, or the path of a dump or export`,
  );
