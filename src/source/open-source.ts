import type { DocumentSource, SourceAddress } from './document-source.ts';
import { openDumpSource } from './dump/open-dump-source.ts';
import { holdsExports } from './export/holds-exports.ts';
import { openExportSource } from './export/open-export-source.ts';

/**
 * Opens a source of any kind. Of a folder, only what is in it tells whether it is a dump or holds exports.
 * @throws DocrowError `source-not-found`, `source-ambiguous`, `source-unreachable`, `source-denied`,
 *   `source-unsafe-name`, `source-corrupt`, `settings-invalid`
 */
export async function openSource(address: SourceAddress): Promise<DocumentSource> {
  if (address.kind !== 'mongo') {
    const isExport = address.kind === 'export' || (await holdsExports(address.path));
    return isExport ? openExportSource(address) : openDumpSource(address);
  }
  // The driver takes 20 MB of memory, which reading a file need not pay.
  const { openMongoSource } = await import('./mongo/open-mongo-source.ts');
  return openMongoSource(address);
}
