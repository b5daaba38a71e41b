import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, Double, Int32, Long, type ObjectId, serialize, Timestamp } from 'bson';
import { MadeUpValues } from './made-up-values.ts';
import { raw, rawDocument } from './raw-bson.ts';

export interface MadeUpIndex {
  readonly key: Document;
  readonly [option: string]: unknown;
}

/** Undamaged BSON, and indexes that it keeps to. */
export interface MadeUpCollection {
  readonly name: string;
  readonly documents: readonly Buffer[];
  readonly indexes: readonly MadeUpIndex[];
}

/** `_id`s by number, each collection of another kind. */
const idsOf = (values: MadeUpValues): readonly ((index: number) => unknown)[] => [
  () => values.objectId(),
  (i) => new Int32(i * 7 - 50),
  (i) => `key ${i}`,
  (i) => Long.fromBigInt(BigInt(i) * 10n ** 15n),
  (i) => new Double(i / 4),
  (i) => new Date(i * 1e9),
  () => values.uuid(),
  (i) => ({ a: new Int32(i), b: 'x' }),
  (i) => [new Int32(i), `s${i}`, { i: new Int32(i) }, new Date(i), values.objectId()][i % 5],
  (i) => (i < 4 ? [null, true, false, ''][i] : `a\0${i}`),
  (i) => (i % 2 === 0 ? new Int32(i) : new Double(i)),
  (i) => new Timestamp({ t: i, i: 1 }),
  // Longer than a key of an index may be, and nothing that compression makes small.
  (i) => longText(values, 3000) + i,
];

const names = [
  ...['user.items', 'user_items', 'userItems', 'users', 'Users', 'order', 'pg_class', 'fs.chunks', 'docrow'],
  ...['x'.repeat(70), `${'x'.repeat(70)}2`, "qu'ote", 'constructor'],
];

const longText = (values: MadeUpValues, length: number): string =>
  String.fromCharCode(...values.many(length, () => values.integer(33, 126)));

/** A database of about 25 collections, of whatever MongoDB can hold. */
export function madeUpDatabase(seed: number): readonly MadeUpCollection[] {
  const values = new MadeUpValues(seed);
  const random = idsOf(values).map((idOf, index) => {
    const fields = values.documents(3);
    const more = values.documents(2);
    const documents = values.many(values.pick([3, 30, 120]), (i) => {
      const { _id, ...others } = { ...(fields() as Document), ...(more() as Document) };
      return { _id: idOf(i), ...others };
    });
    const paths = [...new Set(documents.flatMap((one) => Object.keys(one)))].filter((key) =>
      /^[a-z_ ]+$/i.test(key),
    );
    const indexes = paths.slice(0, 5).map((path, i): MadeUpIndex => {
      const kinds = [{ [path]: 1 }, { [path]: -1, _id: 1 }, { [path]: 'hashed' }, { [path]: 'text' }];
      return { key: i === 4 ? { '$**': 1 } : kinds[i]! };
    });
    return collection(names[index]!, documents, indexes);
  });
  return [...random, ...awkward(values), ...related(values)];
}

const collection = (
  name: string,
  documents: readonly Document[],
  indexes: readonly MadeUpIndex[] = [],
): MadeUpCollection => ({
  name,
  documents: documents.map((one) => Buffer.from(serialize(one, { ignoreUndefined: true }))),
  indexes,
});

/** Shapes that tables are hard to make of, and indexes that PostgreSQL sees another way. */
function awkward(values: MadeUpValues): readonly MadeUpCollection[] {
  const int = (i: number): Int32 => new Int32(i);
  const numbered = (name: string, count: number, make: (i: number) => Document, indexes?: MadeUpIndex[]) =>
    collection(
      name,
      values.many(count, (i) => ({ _id: int(i), ...make(i) })),
      indexes,
    );
  return [
    numbered('arrayOrDocument', 40, (i) => ({
      f: i % 2 === 0 ? { a: int(i) } : [{ a: int(i) }],
      g: i % 3 === 0 ? 'text' : [{ a: 'x', _id: values.objectId() }, null, int(5)],
      h: i % 2 === 0 ? [{ z: int(1) }] : [[{ z: int(1) }], []],
    })),
    numbered('largeArrays', 2, () => ({
      items: values.many(10_000, (j) => ({ n: int(j), deeper: j % 100 === 0 ? [{ q: int(j) }] : [] })),
      grid: values.many(60, () => values.many(60, (j) => new Double(j / 3))),
    })),
    numbered('namesOfDocrow', 5, (i) => ({
      id: `x${i}`,
      extra: { a: int(1) },
      items: [
        {
          id: int(1),
          position: 'p',
          names_of_docrow_id: int(3),
          extra: int(1),
          items: [{ position: int(1) }],
        },
      ],
    })),
    numbered('wide', 3, () => Object.fromEntries(values.many(1700, (j) => [`f${j}`, int(j)]))),
    numbered(
      'unique',
      40,
      (i) => ({
        email: i < 20 ? `e${i}` : undefined,
        tenant: `t${i % 4}`,
        number: i % 8 < 4 ? int(i >> 2) : new Double(i >> 2),
        items: [{ sku: `s${i}` }, { sku: `s${i}` }],
        tags: [`u${i}`, `u${i}`],
        state: i % 2 === 0 ? 'open' : 'closed',
        open: i % 2 === 0 ? `o${i}` : 'same',
        at: [new Date(0), '1970-01-01T00:00:00Z', int(0), true][i] ?? `text ${i}`,
      }),
      [
        { key: { email: 1 }, unique: true, sparse: true },
        { key: { tenant: 1, number: 1 }, unique: true },
        { key: { 'items.sku': 1 }, unique: true },
        { key: { tags: 1 }, unique: true },
        { key: { open: 1 }, unique: true, partialFilterExpression: { state: 'open' } },
        { key: { at: 1 }, unique: true },
      ],
    ),
    numbered('longTexts', 10, (i) => ({ text: longText(values, 4000), growing: 'y'.repeat(i * 700) }), [
      { key: { text: 1 }, unique: true },
      { key: { growing: 1 } },
    ]),
    collection('empty', []),
  ];
}

/** References of all kinds: with orphans, to each other, to themselves, in arrays. */
function related(values: MadeUpValues): readonly MadeUpCollection[] {
  const customers = values.many(30, () => values.objectId());
  const orLost = (list: readonly ObjectId[]): ObjectId =>
    values.random() < 0.1 ? values.objectId() : values.pick(list);
  return [
    collection(
      'customers',
      customers.map((_id, i) => ({ _id, friend: orLost(customers), lastInvoiceId: new Int32(i) })),
    ),
    collection(
      'invoices',
      values.many(40, (i) => ({
        _id: new Int32(i),
        customerId: orLost(customers),
        replaces: i > 0 ? new Int32(values.integer(0, 50)) : null,
        lines: values.many(2, () => ({
          customer_id: orLost(customers),
          invoice: new Int32(values.integer(0, 45)),
        })),
      })),
    ),
    collection(
      'nodes',
      values.many(40, (i) => ({
        _id: `n${i}`,
        parentId: `n${values.integer(0, 44)}`,
        next: `n${(i + 1) % 40}`,
      })),
    ),
    collection(
      'left',
      values.many(20, (i) => ({ _id: `l${i}`, right: `r${values.integer(0, 22)}` })),
    ),
    collection(
      'right',
      values.many(20, (i) => ({ _id: `r${i}`, left: `l${values.integer(0, 22)}` })),
    ),
  ];
}

/** Documents that cannot be loaded, between those that can. By code: how many are set aside. */
export function damagedCollection(): MadeUpCollection & {
  readonly rejected: Readonly<Record<string, number>>;
} {
  const whole = (i: number) => [['_id', raw.int32(i)] as const, ['a', raw.string(`a${i}`)] as const];
  const notUtf8 = raw.string(Buffer.from([0xed, 0xa0, 0x80]));
  const wrongLength = { type: 2, bytes: Buffer.from([200, 0, 0, 0, 65, 0]) };
  return {
    name: 'damaged',
    indexes: [],
    documents: [
      rawDocument(whole(0)),
      rawDocument([...whole(1), ['bad', notUtf8]]),
      rawDocument([...whole(2), ['list', raw.array([raw.document([['bad', notUtf8]])])]]),
      rawDocument([...whole(3), ['a', raw.string('again')]]),
      rawDocument([...whole(4), ['bad', wrongLength]]),
      rawDocument([...whole(5), [Buffer.from([0xff, 0xfe]), raw.int32(1)]]),
      rawDocument(whole(6)),
    ],
    rejected: { 'value-invalid-utf8': 3, 'document-duplicate-key': 1, 'document-corrupt': 1 },
  };
}

/** Writes the collections as mongodump does, beside a view, which has metadata only. */
export function writeDump(folder: string, collections: readonly MadeUpCollection[]): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, ending: string, content: string | Buffer): void =>
    writeFileSync(join(folder, `${encodeURIComponent(name)}.${ending}`), content);
  for (const { name, documents, indexes } of collections) {
    const all = [{ key: { _id: 1 } }, ...indexes].map((index) => ({ v: 2, name: nameOf(index), ...index }));
    write(name, 'bson', Buffer.concat(documents));
    write(name, 'metadata.json', JSON.stringify({ indexes: all, collectionName: name, type: 'collection' }));
  }
  const view = { options: { viewOn: 'customers', pipeline: [] }, indexes: [], type: 'view' };
  write('aView', 'metadata.json', JSON.stringify(view));
}

/** As MongoDB names an index: `a_1_b_-1`. */
export const nameOf = ({ key }: MadeUpIndex): string => Object.entries(key).flat().join('_');
