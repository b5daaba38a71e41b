import { Decimal128, Double, Long } from 'bson';
import { describe, expect, test } from 'vitest';
import { inspectCollection } from '../../../src/profiling/inspect-collection.ts';
import type { CollectionInspection, InspectReport } from '../../../src/report/inspect-report.ts';
import { renderJson } from '../../../src/report/json.ts';
import { renderInspection } from '../../../src/report/text/inspect-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { profileOf } from '../../support/profile-documents.ts';

const documents = Array.from({ length: 40 }, (_, index) => ({
  _id: index < 38 ? index : `legacy-${index}`,
  status: index % 3 === 0 ? 'open' : 'closed',
  email: `person${index}@example.org`,
  first_name: ['Ada', 'Grace', 'Edsger'][index % 3],
  pin: String(1000 + (index % 4)),
  size: Long.fromBigInt(2n ** 60n + BigInt(index)),
  price: Decimal128.fromString('12.50'),
  ratio: new Double(index / 8),
  when: new Date(Date.UTC(2024, 0, 1 + index)),
  tags: index % 2 === 0 ? ['a'] : [],
  ...(index < 30 ? { note: index === 3 ? 'a\0b' : null } : {}),
  scores: { [`2024-01-${10 + index}`]: index },
  mixed: index === 1 ? 'x' : index,
}));

const reportOf = (...collections: readonly Partial<CollectionInspection>[]): InspectReport => ({
  command: 'inspect',
  exitCode: 0,
  source: { kind: 'dump', database: 'shop', notices: [] },
  collections: collections.map((more) => ({ ...inspectCollection(profileOf(documents)), ...more })),
  errors: [],
});

const textOf = (report: InspectReport, columns = 100): string =>
  renderInspection(createStyle(false, columns), report);

const lineOf = (text: string, start: string): string =>
  text
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.replace(/ {2,}/g, '  ') ?? '';

describe('text', () => {
  const text = textOf(reportOf({}));

  test('heads a collection by its size and ids', () => {
    expect(lineOf(text, 'Database')).toMatch(/^Database shop: 1 collection, 40 documents, [\d.]+ kB$/);
    expect(lineOf(text, 'things')).toMatch(
      /^things {2}40 documents · .* each, the largest \d+ B\) · 2 levels · _id int, string$/,
    );
  });

  test.each([
    ['status', 'status  100 %  string  4 to 6 characters · closed, open'],
    ['email', 'email  100 %  string  19 to 20 characters · nearly all different'],
    ['pin', 'pin  100 %  string  4 characters · 4 different'],
    ['price', 'price  100 %  decimal  up to 2 digits before and 2 after the point'],
    ['ratio', 'ratio  100 %  double  0 to 4.875 · 5 of 40 doubles whole'],
    ['when', 'when  100 %  date  2024-01-01 to 2024-02-09 · all at midnight'],
    ['tags ', 'tags  100 %  array  0 to 1 element · 20 empty'],
    ['note', 'note  75.0 %  null 96.7 %  10 missing · 29 null · 3 characters · 1 with NUL'],
    ['scores ', 'scores  100 %  object  a map: 40 keys, 1 in each'],
    ['scores.*', 'scores.*  int  0 to 39'],
    ['mixed', 'mixed  100 %  int 97.5 %  numbers: 0 to 39 · texts: 1 character'],
  ])('%s', (start, expected) => {
    expect(lineOf(text, start)).toBe(expected);
  });

  test('lists what is odd at the end', () => {
    expect(text.split('\n').filter((line) => line.startsWith('! '))).toEqual([
      '! _id has several types: int 38, string 2',
      '! note: 1 text holds NUL, which PostgreSQL cannot store',
      '! mixed has several types: int 39, string 1',
    ]);
  });

  test('shows no value of a person', () => {
    for (const secret of ['person', 'example.org', '1000', 'legacy-', 'a\\u0000b'])
      expect(text).not.toContain(secret);
  });

  test.each([60, 80, 100, 120])('fits into %i columns', (columns) => {
    const lines = textOf(reportOf({}), columns).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  test('says what is special about a collection', () => {
    const special = textOf(
      reportOf({
        kind: 'capped',
        decision: 'capped: migrated like any other',
        isSample: true,
        sampledRanges: 1,
        estimatedDocuments: 4000,
        collation: 'de',
        validator: '{"$jsonSchema":{}}',
        indexes: [
          {
            name: '_id_',
            keys: [{ path: '_id', kind: 1 }],
            isUnique: false,
            isSparse: false,
            partialFilter: undefined,
            expireAfterSeconds: undefined,
            collation: undefined,
          },
          {
            name: 'by_mail',
            keys: [
              { path: 'email', kind: 1 },
              { path: 'when', kind: -1 },
            ],
            isUnique: true,
            isSparse: true,
            partialFilter: '{"a":1}',
            expireAfterSeconds: 3600,
            collation: 'fr',
          },
        ],
      }),
      120,
    );
    expect(special).toContain(
      '  capped: migrated like any other\n  a sample: the first 40 documents of about 4,000\n',
    );
    expect(special).toContain('  collation de\n  validator {"$jsonSchema":{}}\n');
    expect(special).toContain(
      '  indexes: by_mail (email, when desc) unique, sparse, where {"a":1}, expires after 3,600 s, collation fr\n',
    );
  });
});

test('JSON: 64-bit numbers are texts, texts of documents are left out but for codes', () => {
  const json = renderJson(reportOf({}));
  const { collections } = JSON.parse(json) as InspectReport;
  const paths = new Map(collections[0]!.paths.map((path) => [path.path, path]));
  expect(paths.get('size')?.integers).toEqual({
    count: 40,
    min: String(2n ** 60n),
    max: String(2n ** 60n + 39n),
  });
  expect(paths.get('when')?.dates?.min).toBe('2024-01-01T00:00:00.000Z');
  expect(paths.get('status')?.strings?.codes).toEqual([
    { text: 'closed', count: 26 },
    { text: 'open', count: 14 },
  ]);
  expect(paths.get('email')?.strings).not.toHaveProperty('codes');
  expect(json).not.toContain('example.org');
});
