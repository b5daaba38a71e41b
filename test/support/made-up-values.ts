import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';

/** The same numbers for the same seed, from 0 to below 1 (mulberry32, by Tommy Ettinger). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Gives one value of a place, each time another. */
export type Values = () => unknown;

const texts = [
  ...[
    '',
    ' ',
    'a',
    'true',
    'null',
    '1',
    '12.50',
    '1e3',
    'NaN',
    'infinity',
    '\\N',
    '\\',
    '{"a":1}',
    '\u{1f600}',
  ],
  ...[
    '2020-01-01',
    '2020-01-01T00:00:00Z',
    '2020-02-30',
    '10:00:00',
    'e\u0301',
    '\ufeff',
    '\u2028',
    '\u0001',
  ],
  ...['8C57F588-04B7-4394-819A-CB50B48D95CB', '63b0d8c50a0b0c0d00000001', 'x'.repeat(3000)],
];
const decimals = ['0', '-0', '1.10', '1E+3', '1E-6176', '-1E+6144', 'NaN', '-Infinity', '0E+6111', '0.1'];
const doubles = [0, -0, 1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324, 1.7976931348623157e308, 1e21];
const longs = [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const instants = [0, -1, 1.5e12, 8.64e15, -8.64e15, 253_402_300_800_000, -62_167_219_200_001];

/** Names that meet when they become columns, that SQL, YAML, JavaScript or docrow know, or that need quotes. */
const keys = [
  ...[
    'userName',
    'user_name',
    'UserName',
    'user name',
    'USER-NAME',
    'select',
    'user',
    'ctid',
    'xmin',
    'null',
    'no',
  ],
  ...[
    'id',
    'ID',
    'position',
    'extra',
    'rest',
    'parent_id',
    '$odd',
    '',
    ' ',
    'a.b',
    '..',
    'quo"te',
    "it's",
    'a\\b',
  ],
  ...[
    'x'.repeat(80),
    `${'x'.repeat(80)}y`,
    `${'x'.repeat(62)}é`,
    '\u{1f600}',
    'e\u0301',
    'é',
    '\u0130',
    '日本語',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '0',
    '10',
    'a\nb',
    '\u0001',
    '~',
    '#x',
    '- y',
    'a: b',
    '*',
    '1e3',
  ],
];

/** Values and places of any kind, nested up to a depth. Two with one seed give the same. */
export class MadeUpValues {
  readonly random: () => number;
  #ids = 0;

  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }

  integer(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)]!;
  }

  many<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }

  objectId(): ObjectId {
    return new ObjectId((0x5000_0000 + this.#ids++).toString(16).padEnd(24, 'a'));
  }

  uuid(): UUID {
    return new UUID(Buffer.from(this.many(16, () => this.integer(0, 255))));
  }

  /** A place of scalars; of some, one value in 25 is of another kind. */
  scalars(): Values {
    const kinds = this.#kinds();
    const usual = this.pick(kinds);
    const other = this.random() < 0.25 ? this.pick(kinds) : usual;
    return () => (this.random() < 0.04 ? other() : usual());
  }

  documents(depth: number): Values {
    const names = new Set(this.many(this.integer(1, 6), () => this.pick(keys)));
    const fields = [...names].map(
      (name) => [name, this.place(depth - 1), this.pick([1, 1, this.random()])] as const,
    );
    return () =>
      Object.fromEntries(
        fields.flatMap(([name, values, share]) => {
          if (this.random() > share) return [];
          return [[name, this.random() < 0.05 ? null : values()]];
        }),
      );
  }

  /** @param strange the part of the elements that are something else */
  arrays(elements: Values, most: number, strange = 0): Values {
    const others = [null, new Int32(1), 'x', {}, [], [{}], [[]]];
    return () =>
      this.many(this.random() < 0.1 ? 0 : this.integer(0, most), () =>
        this.random() < strange ? this.pick(others) : elements(),
      );
  }

  place(depth: number): Values {
    if (depth <= 0) return this.scalars();
    const nested = this.documents(depth);
    switch (this.integer(0, 10)) {
      case 0:
        return nested;
      case 1:
        return this.arrays(this.scalars(), 5, this.pick([0, 0.1]));
      case 2:
        return this.arrays(nested, 4, this.pick([0, 0, 0.05, 0.3]));
      case 3:
        return this.arrays(this.arrays(this.scalars(), 3), 3, this.pick([0, 0.1]));
      case 4:
        return this.arrays(this.arrays(nested, 3), 3, this.pick([0, 0.1]));
      case 5:
        return this.#eitherOf(this.arrays(nested, 3), this.documents(depth));
      case 6:
        return this.#eitherOf(this.scalars(), nested);
      case 7:
        return () => Object.fromEntries(this.many(8, () => [`key ${this.integer(0, 999)}`, nested()]));
      case 8:
        return this.arrays(() => ({ _id: this.objectId(), ...(nested() as object) }), 4);
      default:
        return this.scalars();
    }
  }

  #eitherOf(a: Values, b: Values): Values {
    return () => (this.random() < 0.5 ? a() : b());
  }

  #kinds(): readonly Values[] {
    const small = (): Int32 => new Int32(this.integer(-100, 100));
    const long = (): Long => Long.fromBigInt(this.pick(longs));
    const double = (): Double => new Double(this.pick(doubles));
    const decimal = (): Decimal128 => Decimal128.fromString(this.pick(decimals));
    const text = (): string => this.pick(texts);
    const date = (): Date => new Date(this.pick(instants));
    return [
      ...[small, long, double, decimal, text, date, () => new Date(this.integer(0, 2e9) * 1000)],
      ...[this.#eitherOf(small, double), this.#eitherOf(small, long), this.#eitherOf(small, decimal)],
      ...[
        this.#eitherOf(date, () => '2020-01-01T00:00:00+02:00'),
        this.#eitherOf(text, () => this.objectId()),
      ],
      () => this.random() < 0.5,
      () => this.pick([true, 'true', 'false']),
      () => this.pick(['red', 'green', 'blue']),
      () => this.pick(['a\0b', '\0', 'plain', 'back\\slash', '\\0']),
      () => this.objectId(),
      () => this.uuid(),
      () => this.pick([this.uuid(), '8C57F588-04B7-4394-819A-CB50B48D95CB']),
      () => new Binary(Buffer.from(this.many(this.integer(0, 9), () => 7)), this.pick([0, 0, 2, 5, 128])),
      () => new Timestamp({ t: this.integer(0, 4_294_967_295), i: 3 }),
      () => new BSONRegExp(this.pick(['^a', 'a/b', '\\d+', '"']), this.pick(['', 'i'])),
      () => new Code(this.pick(['function () {}', 'a\0b', '\\'])),
      () => new Code('x', { n: { b: 'q\0' } }),
      () => new BSONSymbol(this.pick(['s', 'a\0', '\\'])),
      () => new DBRef('customers', this.objectId()),
      () => this.pick([new MinKey(), new MaxKey()]),
      () => this.pick([null, {}, []]),
    ];
  }
}
