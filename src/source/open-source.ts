import type { DocumentSource, SourceAddress } from './document-source.ts';
import { openDumpSource } from './dump/open-dump-source.ts';

/**
 * Opens a source of any kind.
 * @throws DocrowError `source-not-found`, `source-ambiguous`, `source-unreachable`, `source-denied`,
 *   `source-unsafe-name`, `source-corrupt`, `settings-invalid`
 */
export async function openSource(address: SourceAddress): Promise<DocumentSource> {
  if (address.kind === 'dump') return openDumpSource(address);
  // The driver takes 20 MB of memory, which reading a file need not pay.
  const { openMongoSource } = await import('./mongo/open-mongo-source.ts');
  return openMongoSource(address);
}
