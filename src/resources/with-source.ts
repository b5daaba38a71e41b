import type { Settings } from '../config/settings.ts';
import type { DocumentSource, SourceAddress } from '../source/document-source.ts';
import { openSource } from '../source/open-source.ts';
import { parseSourceAddress } from '../source/parse-source-address.ts';

/** Opens the source for as long as `work` takes. */
export async function withSource<T>(
  settings: Pick<Settings, 'source' | 'database'>,
  work: (source: DocumentSource, address: SourceAddress) => Promise<T>,
): Promise<T> {
  const address = parseSourceAddress(settings.source, { database: settings.database });
  const source = await openSource(address);
  try {
    return await work(source, address);
  } finally {
    await source.close();
  }
}
