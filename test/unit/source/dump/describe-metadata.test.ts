import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SourceIndex } from '../../../../src/source/document-source.ts';
import { describeMetadata } from '../../../../src/source/dump/describe-metadata.ts';
import { openDumpSource } from '../../../../src/source/dump/open-dump-source.ts';
import { writeArchive } from '../../../support/archive-writer.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';
import { imagegenFolder } from '../../../support/source-documents.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const open = (path: string) => openDumpSource({ kind: 'dump', path, database: undefined });

const index = (name: string, keys: SourceIndex['keys'], more: Partial<SourceIndex> = {}): SourceIndex => ({
  name,
  keys,
  isUnique: false,
  isSparse: false,
  partialFilter: undefined,
  expireAfterSeconds: undefined,
  collation: undefined,
  ...more,
});

/** One index as its metadata have it. */
const describedIndex = (json: string) => describeMetadata(`{"indexes":[${json}]}`, 'x').indexes[0];

describe('indexes in the metadata of a dump', () => {
  it.each<[string, string, SourceIndex]>([
    [
      'compound, in their order',
      '{"key":{"b":{"$numberInt":"1"},"10":{"$numberDouble":"-1.0"},"9":-1,"a.b":1.0},"name":"n","v":2}',
      index('n', [
        { path: 'b', kind: 1 },
        { path: '10', kind: -1 },
        { path: '9', kind: -1 },
        { path: 'a.b', kind: 1 },
      ]),
    ],
    [
      'unique and sparse',
      '{"key":{"a":{"$numberLong":"1"}},"name":"n","unique":true,"sparse":1}',
      index('n', [{ path: 'a', kind: 1 }], { isUnique: true, isSparse: true }),
    ],
    [
      'partial',
      '{"key":{"a":1},"name":"n","partialFilterExpression":{"a":{"$gt":{"$numberInt":"5"},"$exists":true}}}',
      index('n', [{ path: 'a', kind: 1 }], {
        partialFilter: '{"a":{"$gt":{"$numberInt":"5"},"$exists":true}}',
      }),
    ],
    [
      'TTL',
      '{"key":{"at":1},"name":"n","expireAfterSeconds":{"$numberInt":"3600"}}',
      index('n', [{ path: 'at', kind: 1 }], { expireAfterSeconds: 3600 }),
    ],
    [
      'TTL of 0 s',
      '{"key":{"at":1},"name":"n","expireAfterSeconds":0}',
      index('n', [{ path: 'at', kind: 1 }], { expireAfterSeconds: 0 }),
    ],
    [
      'with a collation',
      '{"key":{"a":1},"name":"n","collation":{"locale":"de","strength":{"$numberInt":"2"}}}',
      index('n', [{ path: 'a', kind: 1 }], { collation: 'de' }),
    ],
    [
      'with the simple collation',
      '{"key":{"a":1},"name":"n","collation":{"locale":"simple"}}',
      index('n', [{ path: 'a', kind: 1 }]),
    ],
    [
      'text, between other keys',
      '{"key":{"a":1,"_fts":"text","_ftsx":{"$numberInt":"1"},"z":-1},"name":"n","weights":{"title":10,"body.text":1}}',
      index('n', [
        { path: 'a', kind: 1 },
        { path: 'title', kind: 'text' },
        { path: 'body.text', kind: 'text' },
        { path: 'z', kind: -1 },
      ]),
    ],
    [
      'text of everything',
      '{"key":{"_fts":"text","_ftsx":1},"name":"n","weights":{"$**":{"$numberInt":"1"}}}',
      index('n', [{ path: '$**', kind: 'text' }]),
    ],
    ['wildcard', '{"key":{"a.$**":1},"name":"n"}', index('n', [{ path: 'a.$**', kind: 1 }])],
    [
      'hashed and on a sphere',
      '{"key":{"a":"hashed","loc":"2dsphere","old":"2d"},"name":"n","2dsphereIndexVersion":3}',
      index('n', [
        { path: 'a', kind: 'hashed' },
        { path: 'loc', kind: '2dsphere' },
        { path: 'old', kind: '2d' },
      ]),
    ],
  ])('%s', (_, json, expected) => {
    expect(describedIndex(json)).toEqual(expected);
  });
});

describe('options in the metadata of a dump', () => {
  it('are read where they are there', () => {
    const validator = '{"$jsonSchema":{"bsonType":"object","required":["a"]}}';
    const options = `{"validator":${validator},"collation":{"locale":"fr"},"viewOn":"y","timeseries":{"timeField":"at"}}`;
    expect(describeMetadata(`{"options":${options},"indexes":[]}`, 'x')).toEqual({
      indexes: [],
      collation: 'fr',
      validator,
      viewOn: 'y',
      timeField: 'at',
    });
  });

  it.each(['', '{}', '{"options":{},"indexes":[]}', '{"options":null,"indexes":null}'])(
    'and %j has none',
    (text) => {
      expect(describeMetadata(text, 'x')).toEqual({
        indexes: [],
        collation: undefined,
        validator: undefined,
        viewOn: undefined,
        timeField: undefined,
      });
    },
  );

  it('that are damaged are refused', () => {
    expect(() => describeMetadata('{"options":{]}', 'x')).toThrow(
      /metadata of the collection "x" are damaged/,
    );
  });
});

describe('a dump describes its collections', () => {
  const tasksIndexes = [
    index('_id_', [{ path: '_id', kind: 1 }]),
    index('username_1_created_at_-1', [
      { path: 'username', kind: 1 },
      { path: 'created_at', kind: -1 },
    ]),
  ];

  it.each(['dump', 'dump/imagegen/tasks.bson', 'dump-gzip', 'imagegen.archive', 'imagegen.archive.gz'])(
    '%s',
    async (path) => {
      const source = await open(join(imagegenFolder, path));
      expect((await source.describeCollection('tasks')).indexes).toEqual(tasksIndexes);
    },
  );

  it('and knows nothing without metadata', async () => {
    const document = rawDocument([['_id', raw.int32(1)]]);
    const archive = writeArchive('shop', [{ collection: 'x', documents: [document] }]);
    const folder = temporaryFolder({ 'shop/x.bson': document, 'x.archive': archive });
    for (const path of ['shop', 'x.archive']) {
      const source = await open(join(folder, path));
      expect((await source.describeCollection('x')).indexes).toEqual([]);
    }
  });
});
