import { expect, it } from 'vitest';
import { openSource } from '../../../../src/source/open-source.ts';

it.each([
  'mongodb://user:canary/secret@host/shop',
  'mongodb://user:can:ary@secret@host/shop',
  'mongodb://user:canary@host/?nosuchoption=1',
  'mongodb://user:canary@host/?directConnection=true&replicaSet=',
  'mongodb://user:canary@a,b/?directConnection=true',
])('refuses a URI that cannot be right without repeating its password: %s', async (uri) => {
  const error = await openSource({ kind: 'mongo', uri, database: 'shop' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'settings-invalid' });
  expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/canary|ary@|secret/);
});
