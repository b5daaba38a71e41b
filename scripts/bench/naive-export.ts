// Stands in for mongoexport: a .bson file to a file with a line of relaxed Extended JSON per document.
// Arguments: the .bson file, the file to write.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { deserialize, EJSON } from 'bson';

const [from = '', to = ''] = process.argv.slice(2);

async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    let text = '';
    while (at + 4 <= bytes.length) {
      const end = at + bytes.readInt32LE(at);
      if (end > bytes.length) break;
      text += `${EJSON.stringify(deserialize(bytes.subarray(at, end)))}\n`;
      at = end;
    }
    rest = bytes.subarray(at);
    yield text;
  }
}

await pipeline(createReadStream(from, { highWaterMark: 1024 * 1024 }), lines, createWriteStream(to));
