import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { insecureNotices } from '../../../../src/source/mongo/insecure-notices.ts';

const notices = (uri: string): string => insecureNotices(new MongoClient(uri)).join('\n');

it.each([
  'mongodb://localhost',
  'mongodb://127.0.0.1:27017',
  'mongodb://[::1]:27017',
  'mongodb://%2Ftmp%2Fmongodb.sock',
  'mongodb://db.example.com/?tls=true',
])('says nothing about %s', (uri) => {
  expect(notices(uri)).toBe('');
});

it('warns loudly about a remote host without TLS, and names no secret', () => {
  const text = notices('mongodb://user:canary@localhost,db.example.com/?replicaSet=rs0');
  expect(text).toMatch(/WARNING.*db\.example\.com.*not encrypted/);
  expect(text).not.toMatch(/canary|localhost/);
});

it.each(['tlsInsecure=true', 'tlsAllowInvalidCertificates=true', 'tlsAllowInvalidHostnames=true'])(
  'warns about %s',
  (option) => {
    expect(notices(`mongodb://db.example.com/?tls=true&${option}`)).toMatch(/WARNING.*not verified/);
  },
);
