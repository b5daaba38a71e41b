import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorCodesPage } from '../../../scripts/docs/error-codes-page.ts';
import { mappingJsonSchema } from '../../../scripts/docs/mapping-json-schema.ts';
import { runReportJsonSchema } from '../../../scripts/docs/run-report-schema.ts';
import { settingsPage } from '../../../scripts/docs/settings-page.ts';

const committed = (name: string): Promise<string> =>
  readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

// When one of these fails: npm run docs:generate
test('docs/error-codes.md is what the table of error codes makes', async () => {
  expect(await committed('error-codes.md')).toBe(errorCodesPage());
});

test('docs/settings.md is what the table of settings makes', async () => {
  expect(await committed('settings.md')).toBe(settingsPage());
});

test('docs/mapping.schema.json is what the schema of mapping files makes', async () => {
  expect(await committed('mapping.schema.json')).toBe(mappingJsonSchema());
});

test('docs/report.schema.json is what the schema of run reports makes', async () => {
  expect(await committed('report.schema.json')).toBe(runReportJsonSchema());
});

test('docs/mapping.schema.json has a description for every key of tables, columns and indexes', () => {
  const { properties } = JSON.parse(mappingJsonSchema());
  const table = properties.tables.additionalProperties.properties;
  const column = table.columns.additionalProperties.properties;
  const index = table.indexes.items.properties;
  for (const keys of [properties, table, column, index]) {
    for (const [key, { description }] of Object.entries<{ description?: string }>(keys)) {
      expect(description, key).toMatch(/\.$/);
    }
  }
});
