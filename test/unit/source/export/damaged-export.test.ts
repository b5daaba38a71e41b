import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../../src/source/open-source.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';
import { readUntilError } from '../../../support/source-documents.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const everything = { lower: undefined, upper: undefined };
const numbered = (n: number, ...more: Parameters<typeof rawDocument>[0]): Buffer =>
  rawDocument([['_id', raw.int32(n)], ...more]);

/** Reads a file as the collection `x` until it fails. */
async function read(content: string | Uint8Array, name = 'x.json') {
  const path = join(temporaryFolder({ [name]: content }), name);
  const source = await openSource({ kind: 'export', path, database: undefined });
  const { documents, error } = await readUntilError(source.readRange('x', everything));
  return { documents: documents.map(({ bytes }) => bytes), positions: documents, error };
}

describe('a file that is cut short at any byte', () => {
  const lines = '\ufeff{"_id":1,"a":"é\\u00e9"}\r\n\n{"_id":2,"b":[{"$numberLong":"5"},1.5]}\r\n{"_id":3}\n';
  const array = ' [ {"_id":1},\n\t{ "_id" : 2 } , {"_id":3,"a":{}}\n]\n';

  it.each([
    ['JSON lines', lines],
    ['an array', array],
  ])(
    'gives all whole documents before, and then an error with line and byte: %s',
    async (_, text) => {
      const bytes = Buffer.from(text);
      const whole = await read(bytes);
      expect(whole.error).toBeUndefined();
      expect(whole.documents.length).toBe(3);
      // Positions are the offsets behind documents.
      const ends = whole.positions.map(({ position }) => Buffer.from(position).readUInt32LE());
      for (let length = 3; length < bytes.length; length++) {
        const { documents, error } = await read(bytes.subarray(0, length));
        const count = ends.filter((end) => end <= length).length;
        expect(documents).toEqual(whole.documents.slice(0, count));
        const before = bytes.subarray(0, length).toString();
        const isBlank =
          bytes
            .subarray(ends[count - 1] ?? 3, length)
            .toString()
            .trim() === '';
        const isComplete = text === lines ? isBlank : !before.includes('[') || before.includes(']');
        if (isComplete) expect(error).toBeUndefined();
        else {
          expect(error).toMatchObject({
            code: 'source-corrupt',
            context: { offset: length, line: before.split('\n').length, document: count + 1 },
          });
        }
      }
    },
    30_000,
  );
});

describe('damage within a file', () => {
  it.each([
    ['invalid JSON', '{"_id":1}\n{"_id":2}\n{"_id":nope}\n{"_id":4}\n', { offset: 27, line: 3, document: 3 }],
    [
      'half of a surrogate pair',
      '{"_id":1}\n{"_id":2}\n{"_id":3,"a":"\\ud83d"}\n',
      { offset: 34, line: 3, document: 3 },
    ],
    ['a missing comma', '[{"_id":1},\n{"_id":2}\n{"_id":3}]', { offset: 22, line: 3, document: 3 }],
    ['a comma between lines', '{"_id":1}\n{"_id":2},\n{"_id":3}', { offset: 19, line: 2, document: 3 }],
    ['a value that is no document', '[{"_id":1},{"_id":2},5]', { offset: 21, line: 1, document: 3 }],
    ['text behind an array', '[{"_id":1},{"_id":2}]\n{"_id":3}', { offset: 22, line: 2, document: 3 }],
    ['a comma before the end', '[{"_id":1},{"_id":2},]', { offset: 21, line: 1, document: 3 }],
  ])('is named with line, byte and document: %s', async (_, text, context) => {
    const { documents, error } = await read(text);
    expect(documents).toEqual([numbered(1), numbered(2)]);
    expect(error).toMatchObject({ code: 'source-corrupt', context });
    const line = `line ${context.line}, byte ${context.offset}, document ${context.document}`;
    expect(String(error)).toContain(line);
  });

  it('is found in a file that is UTF-16 or no JSON at all', async () => {
    const utf16 = await read(Buffer.from('\ufeff{"_id":1}\n'.repeat(10), 'utf16le'));
    expect(String(utf16.error)).toMatch(/UTF-16/);
    expect(String((await read('name,age\n'.repeat(20))).error)).toMatch(/line 1, byte 0, document 1/);
  });

  it('of a document that is too large for MongoDB', async () => {
    const text = `{"_id":1}\n{"_id":2,"a":"${'x'.repeat(17_000_000)}"}\n`;
    const { documents, error } = await read(text);
    expect(documents).toEqual([numbered(1)]);
    expect(error).toMatchObject({ code: 'source-corrupt', context: { line: 2, document: 2 } });
    expect(String(error)).toMatch(/longer than MongoDB allows/);
  });
});

describe('a damaged gzip file', () => {
  const text = Array.from({ length: 20_000 }, (_, n) => `{"_id":${n},"a":"${'x'.repeat(n % 50)}"}\n`).join(
    '',
  );
  const packed = gzipSync(text);

  it.each([
    ['in its trailer', packed.length - 4],
    ['in the middle', packed.length >> 1],
    ['in its header', 5],
  ])('that is cut short %s gives what can be unpacked, then says so', async (_, length) => {
    const { documents, error } = await read(packed.subarray(0, length), 'x.jsonl.gz');
    expect(String(error)).toMatch(/cut short/);
    expect(documents.every((document, n) => document.readInt32LE(9) === n)).toBe(true);
    if (length === packed.length - 4) expect(documents.length).toBe(20_000);
    if (length === packed.length >> 1) expect(documents.length).toBeGreaterThan(5000);
  });

  it('with something else behind it, or a flipped bit, fails', async () => {
    const more = await read(Buffer.concat([packed, Buffer.from('garbage')]), 'x.json.gz');
    expect(more.error).toMatchObject({ code: 'source-corrupt' });
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 1;
    expect((await read(flipped, 'x.json.gz')).error).toMatchObject({ code: 'source-corrupt' });
  });

  it('is read over the border of its members', async () => {
    const members = Buffer.concat([gzipSync('{"_id":1}\n{"_i'), gzipSync('d":2}\n'), gzipSync('')]);
    expect(await read(members, 'x.json.gz')).toMatchObject({
      documents: [numbered(1), numbered(2)],
      error: undefined,
    });
  });
});

describe('large and small', () => {
  it('reads texts of 16 MB and of few bytes over the borders of blocks', async () => {
    const sizes = [1, 16_000_000, 1, 1_048_560, 1_048_576, 600_000, 600_000, 600_000, 1];
    const text = sizes.map((size, n) => `{"_id":${n},"a":"${'é'.repeat(size / 2)}"}\n`).join('');
    const expected = sizes.map((size, n) => numbered(n, ['a', raw.string('é'.repeat(size / 2))]));
    for (const [name, bytes] of [
      ['x.json', text],
      ['x.json.gz', gzipSync(text)],
      ['x.json', `[${text.trim().replaceAll('\n', ',')}]`],
    ] as const) {
      const { documents, error } = await read(bytes, name);
      expect(error).toBeUndefined();
      expect(documents.map((document, n) => document.equals(expected[n] as Buffer))).toEqual(
        sizes.map(() => true),
      );
    }
  });

  it('cuts documents and what is between them anywhere at the border of two blocks', async () => {
    const value = `"\\ud83d\\ude00",[1.25,-7,{"$oid":"63dde1050a0b0c0d000003ad"}],NumberLong(9)`;
    const block = 1024 * 1024;
    for (let shift = 0; shift < value.length + 30; shift++) {
      const first = `{"_id":1,"a":"${'x'.repeat(block - 16 - 64 - shift)}"}`;
      const { documents, error } = await read(`${first}/* 2 */{"_id":2,"a":[${value}]}\n`);
      expect(error).toBeUndefined();
      expect(documents.length).toBe(2);
      expect(documents[1]).toEqual((await read(`{"_id":2,"a":[${value}]}`)).documents[0]);
    }
  });

  it('reads an empty file, an empty array and white space as no documents', async () => {
    for (const text of ['', '[]', ' [ ] \n', '\n\n', '\ufeff', ' '.repeat(3_000_000)]) {
      expect(await read(text)).toMatchObject({ documents: [], error: undefined });
    }
    expect((await read(`${' '.repeat(3_000_000)}[{"_id":1}]`)).documents).toEqual([numbered(1)]);
  });

  it('reads documents without anything between them, and with comments', async () => {
    const expected = [numbered(1), numbered(2)];
    expect(await read('{"_id":1}{"_id":2}')).toMatchObject({ documents: expected, error: undefined });
    const commented = '/* 1 */\n{\n  "_id" : 1\n}\n\n/* 2 */\n{ "_id" : 2 }\n';
    expect(await read(commented)).toMatchObject({ documents: expected, error: undefined });
  });
});
