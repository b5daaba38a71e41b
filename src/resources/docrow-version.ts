import { createRequire } from 'node:module';

/** The version in docrow's own package.json, which it finds by its name: in a checkout and when installed alike. */
export function docrowVersion(): string {
  const { version } = createRequire(import.meta.url)('docrow/package.json') as { version: string };
  return version;
}
