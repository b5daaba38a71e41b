import { describe, expect, test } from 'vitest';
import { holdsPassword, redact, redactDeep } from '../../../src/config/redact.ts';

describe('passwords are hidden', () => {
  test.each([
    ['mongodb://u:canary@h/db', 'mongodb://u:***@h/db'],
    ['mongodb+srv://u:canary@h.example.org/db?w=1', 'mongodb+srv://u:***@h.example.org/db?w=1'],
    ['postgres://u:canary@h:5432/db', 'postgres://u:***@h:5432/db'],
    ['postgresql://u:can%40ary@h/db', 'postgresql://u:***@h/db'],
    ['mongodb://u:can@ary@h1:1,h2:2/db', 'mongodb://u:***@h1:1,h2:2/db'],
    ['mongodb://u:can/ary@h', 'mongodb://u:***@h'],
    ['postgres://:canary@h', 'postgres://:***@h'],
    ['postgres://u@h/db?password=canary&x=1', 'postgres://u@h/db?password=***&x=1'],
    ['postgres://u@h/db?p%61ssword=canary', 'postgres://u@h/db?p%61ssword=***'],
    ['postgres://u@h/db?x=1&sslpassword=canary', 'postgres://u@h/db?x=1&sslpassword=***'],
    ['mongodb://h/?tlsCertificateKeyFilePassword=canary', 'mongodb://h/?tlsCertificateKeyFilePassword=***'],
    [
      'mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:canary,x:1',
      'mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:***,x:1',
    ],
    ["host=h password='can ary' user=u", 'host=h password=*** user=u'],
    ['host=h password = canary', 'host=h password = ***'],
    [
      'see "postgres://u:canary@h/db" and mongodb://v:canary@i now',
      'see "postgres://u:***@h/db" and mongodb://v:***@i now',
    ],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(expected)).toBe(expected);
    expect(holdsPassword(text)).toBe(true);
  });
});

test.each([
  'mongodb://h1:27017,h2:27017/db?replicaSet=rs0',
  'postgres://u@h:5432/db',
  'embedded:',
  'The password is wrong',
  'see https://example.org:8080/a and write to a@b.example',
])('%s stays', (text) => {
  expect(redact(text)).toBe(text);
  expect(holdsPassword(text)).toBe(false);
});

test('a time inside a value stays one', () => {
  const at = new Date(0);
  expect(JSON.stringify(redactDeep({ at: [at] }))).toBe('{"at":["1970-01-01T00:00:00.000Z"]}');
});

test('texts inside a value are redacted', () => {
  expect(redactDeep({ a: ['mongodb://u:canary@h', 1, null], b: { c: true } })).toEqual({
    a: ['mongodb://u:***@h', 1, null],
    b: { c: true },
  });
});
