import { DocrowError } from '../../errors/docrow-error.ts';
import { BsonOutput } from './bson-output.ts';
import { DocumentParser } from './document-parser.ts';
import { JsonInput, lookaheadBytes } from './json-input.ts';

/**
 * One Extended JSON document as BSON.
 * @throws DocrowError `source-corrupt`, with the `offset` in the text where that is known
 */
export function jsonToBson(text: string | Buffer): Buffer {
  const bytes = Buffer.concat([
    typeof text === 'string' ? Buffer.from(text) : text,
    Buffer.alloc(lookaheadBytes),
  ]);
  const input = new JsonInput();
  input.reset(bytes, bytes.length - lookaheadBytes);
  const output = new BsonOutput(Buffer.allocUnsafe(text.length + 1024));
  if (input.skipSpace() !== 0x7b) input.fail('there is no document where one must be');
  if (!new DocumentParser(input, output).parse()) {
    throw new DocrowError('source-corrupt', 'the text ends within a document');
  }
  return output.bytes.subarray(0, output.at);
}
