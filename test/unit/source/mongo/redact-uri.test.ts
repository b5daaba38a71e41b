import { expect, it } from 'vitest';
import { redactUri } from '../../../../src/source/mongo/redact-uri.ts';

it.each([
  ['mongodb://host/shop', 'mongodb://host/shop'],
  ['mongodb://user@host/shop', 'mongodb://user@host/shop'],
  ['mongodb://user:secret@host/shop', 'mongodb://user:***@host/shop'],
  ['mongodb+srv://user:secret@host/shop?w=1', 'mongodb+srv://user:***@host/shop?w=1'],
  ['mongodb://user:secret@a:1,b:2/shop', 'mongodb://user:***@a:1,b:2/shop'],
  ['mongodb://a:1,b:2/shop', 'mongodb://a:1,b:2/shop'],
  ['mongodb://user:se@cret@host/shop', 'mongodb://user:***@host/shop'],
  ['mongodb://user:se/cr:e?t@host/shop', 'mongodb://user:***@host/shop'],
  ['mongodb://user:@host/shop', 'mongodb://user:***@host/shop'],
  [
    'mongodb://host/?tlsCertificateKeyFilePassword=secret&w=1',
    'mongodb://host/?tlsCertificateKeyFilePassword=***&w=1',
  ],
  [
    'mongodb://u:secret@host/?proxyPassword=secret&authMechanismProperties=AWS_SESSION_TOKEN:secret',
    'mongodb://u:***@host/?proxyPassword=***&authMechanismProperties=***',
  ],
])('%s', (uri, redacted) => {
  expect(redactUri(uri)).toBe(redacted);
});
