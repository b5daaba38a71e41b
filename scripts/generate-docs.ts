import { mkdir, writeFile } from 'node:fs/promises';
import { errorCodesPage } from './docs/error-codes-page.ts';
import { mappingJsonSchema } from './docs/mapping-json-schema.ts';
import { runReportJsonSchema } from './docs/run-report-schema.ts';
import { settingsPage } from './docs/settings-page.ts';

// Writes the reference pages, and the schema for editors, that are made from tables in the code. A unit test fails when they are stale.
const folder = new URL('../docs/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('error-codes.md', folder), errorCodesPage());
await writeFile(new URL('settings.md', folder), settingsPage());
await writeFile(new URL('mapping.schema.json', folder), mappingJsonSchema());
await writeFile(new URL('report.schema.json', folder), runReportJsonSchema());
