import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../../src/source/change-feed.ts';
import { readChangeEvent, tokenOfEvent } from '../../../../src/source/mongo/read-change-event.ts';
import { type RawField, raw, rawDocument, viewOf } from '../../../support/raw-bson.ts';

const token: RawField = ['_id', raw.document([['_data', raw.string('82')]])];
const at: RawField = ['clusterTime', raw.timestamp(1_700_000_000, 0xffffffff)];
const operation = (name: string): RawField => ['operationType', raw.string(name)];
const namespace = (key: string, collection?: string): RawField => [
  key,
  raw.document([
    ['db', raw.string('shop')],
    ...(collection === undefined ? [] : [['coll', raw.string(collection)] as const]),
  ]),
];
const pageOf = (fields: readonly RawField[]) => {
  const bytes = Buffer.concat([Buffer.from('before'), rawDocument(fields)]);
  return { bytes, view: viewOf(bytes), starts: Int32Array.of(6), count: 1 };
};
const read = (...fields: RawField[]): ChangeEvent => readChangeEvent(pageOf(fields), 0);
const clusterTime = '1700000000:4294967295';

describe('an event', () => {
  it.each(['insert', 'update', 'replace', 'delete'])('names the document (%s)', (name) => {
    const id = raw.document([
      ['2', raw.double(-0)],
      ['1', raw.doubleBits(0x7ff8_0000_0000_0001n)],
      ['$ref', raw.dbPointer('x.y', '63b15cfa0a0b0c0d0000000a')],
    ]);
    const key: RawField = ['documentKey', raw.document([['_id', id]])];
    expect(read(token, operation(name), at, namespace('ns', 'a"; é'), key)).toEqual({
      kind: 'document',
      operation: name,
      collection: 'a"; é',
      id: new Uint8Array(rawDocument([['_id', id]])),
      clusterTime,
    });
  });

  it('keeps the _id of a document key that has the shard key too', () => {
    const fields: RawField[] = [
      ['region', raw.int32(3)],
      ['_id', raw.int32(4)],
    ];
    const event = read(operation('delete'), at, namespace('ns', 'x'), ['documentKey', raw.document(fields)]);
    expect(event).toMatchObject({ id: new Uint8Array(rawDocument([['_id', raw.int32(4)]])) });
  });

  it('of a collection names it, and its new name', () => {
    expect(read(token, operation('rename'), at, namespace('ns', 'a'), namespace('to', 'b'))).toEqual({
      kind: 'collection',
      operation: 'rename',
      collection: 'a',
      to: 'b',
      clusterTime,
    });
  });

  it('of a kind that is not known is not left out', () => {
    expect(read(token, operation('somethingNew'), at, namespace('ns', 'a'))).toEqual({
      kind: 'collection',
      operation: 'somethingNew',
      collection: 'a',
      clusterTime,
    });
    expect(read(token, operation('somethingNew'), at)).toMatchObject({ kind: 'database' });
  });

  it.each(['dropDatabase', 'invalidate'])('of the database is one (%s)', (name) => {
    expect(read(token, operation(name), at, namespace('ns'))).toEqual({
      kind: 'database',
      operation: name,
      clusterTime,
    });
  });

  it('that does not say what has to be known is refused', () => {
    const refused = expect.objectContaining({ code: 'source-refused' });
    expect(() => read(token, operation('insert'), at, namespace('ns', 'a'))).toThrow(refused);
    expect(() => read(token, at, namespace('ns', 'a'))).toThrow(refused);
    expect(() => read(token, operation('drop'), namespace('ns', 'a'))).toThrow(refused);
    expect(() => tokenOfEvent(pageOf([operation('drop')]), 0)).toThrow(refused);
  });

  it('has its token', () => {
    expect(Buffer.from(tokenOfEvent(pageOf([token, at]), 0))).toEqual(
      rawDocument([['_data', raw.string('82')]]),
    );
  });
});
