import { ObjectId } from 'bson';
import { expect, test } from 'vitest';
import { csvLine } from '../../../../scripts/bench/naive-csv.ts';

test('a document becomes a line of CSV as COPY reads it', () => {
  const document = {
    id: new ObjectId('0123456789abcdef01234567'),
    text: 'say "so",\nthen',
    empty: '',
    nothing: null,
    number: 1.5,
    flag: false,
    when: new Date(0),
    list: [1, null, 3],
    inside: { a: [{ b: 'c' }] },
  };
  expect(csvLine(document, [...Object.keys(document), 'absent'])).toBe(
    [
      '"0123456789abcdef01234567"',
      '"say ""so"",\nthen"',
      '""',
      '',
      '1.5',
      'false',
      '"1970-01-01T00:00:00.000Z"',
      '"{1,NULL,3}"',
      '"{""a"":[{""b"":""c""}]}"',
      '\n',
    ].join(','),
  );
});
