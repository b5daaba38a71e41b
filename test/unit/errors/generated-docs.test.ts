import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorCodesPage } from '../../../scripts/docs/error-codes-page.ts';
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
