import { Decimal128, Double, ObjectId } from 'bson';
import fc from 'fast-check';
import type {
  CollectionMapping,
  ColumnMapping,
  ColumnSource,
  ColumnType,
  ConvertName,
  DocumentPath,
  PlainTypeName,
  TableMapping,
  YamlValue,
} from '../../src/mapping/mapping.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import { arbitraryChildTable } from './child-table-arbitraries.ts';
import { mappingOf } from './plain-conversion.ts';
import { type RawValue, raw } from './raw-bson.ts';
import {
  binaryArbitrary,
  dateArbitrary,
  numberArbitrary,
  textArbitrary,
  timeOfDayArbitrary,
  valueArbitrary,
} from './value-arbitraries.ts';

/** The functions that generated mappings name. */
export const generatedTransforms: ReadonlyMap<string, Transform> = new Map<string, Transform>([
  ['same', (value) => value],
  ['missing', () => undefined],
  ['toNull', () => null],
  [
    'fails',
    () => {
      throw new RangeError('On purpose');
    },
  ],
  ['other', (_value, document) => document.get('b') ?? document.get('sub', 'x')],
  ['count', (_value, document) => (document.has('a') ? 1 : 0) + (document.has('sub', 'x') ? 1 : 0)],
  ['text', () => 'made by a transform'],
  ['date', () => new Date(1_700_000_000_123)],
  ['bytes', () => Uint8Array.of(1, 2, 3)],
  ['long', () => 2n ** 40n],
  ['large', () => 2 ** 40],
  ['decimal', () => Decimal128.fromString('12.50')],
  ['double', () => new Double(3)],
  ['id', () => new ObjectId('0123456789abcdef01234567')],
  ['list', () => [1, null, 2]],
  ['object', () => ({ b: [1.5, 'x'], a: { ['__proto__']: true }, none: undefined })],
]);

/** What is known about each type, to make mappings that a checker would let pass and documents that often fit. */
export const typeTable: Readonly<
  Record<
    PlainTypeName,
    {
      readonly fits: fc.Arbitrary<RawValue>;
      readonly yaml: readonly YamlValue[];
      readonly converts: readonly ConvertName[];
    }
  >
> = {
  smallint: { fits: numberArbitrary, yaml: [0, 5, -32768], converts: [] },
  integer: { fits: numberArbitrary, yaml: [0, 5, 2147483647], converts: [] },
  bigint: {
    fits: fc.oneof(numberArbitrary, dateArbitrary),
    yaml: [0, 5, 2n ** 60n],
    converts: ['epoch-ms', 'epoch-s'],
  },
  numeric: {
    fits: fc.oneof(numberArbitrary, dateArbitrary),
    yaml: [1, 25, '2'],
    converts: ['epoch-ms', 'epoch-s'],
  },
  real: { fits: numberArbitrary, yaml: [0, 1.5], converts: [] },
  'double precision': { fits: numberArbitrary, yaml: [0, 1.5], converts: ['epoch-ms', 'epoch-s'] },
  boolean: { fits: fc.boolean().map(raw.boolean), yaml: [true, false], converts: [] },
  text: {
    fits: textArbitrary.map(raw.string),
    yaml: ['x', 'a "quoted" \\ text', 'true'],
    converts: ['uuidv5', 'ejson', 'hex', 'iso', 'text', 'base64'],
  },
  varchar: {
    fits: textArbitrary.map(raw.string),
    yaml: ['x', 'true'],
    converts: ['ejson', 'hex', 'iso', 'text', 'base64'],
  },
  uuid: {
    fits: fc.oneof(binaryArbitrary, textArbitrary.map(raw.string)),
    yaml: ['00112233-4455-6677-8899-aabbccddeeff'],
    converts: ['uuidv5'],
  },
  bytea: { fits: fc.oneof(binaryArbitrary, textArbitrary.map(raw.string)), yaml: [], converts: ['base64'] },
  date: { fits: dateArbitrary, yaml: ['2024-02-29'], converts: [] },
  time: { fits: timeOfDayArbitrary.map(raw.string), yaml: ['23:59:59.5'], converts: [] },
  timestamp: {
    fits: fc.oneof(dateArbitrary, textArbitrary.map(raw.string), numberArbitrary),
    yaml: ['2024-02-29T00:00:00+01:00'],
    converts: ['iso', 'epoch-ms', 'epoch-s'],
  },
  timestamptz: {
    fits: fc.oneof(dateArbitrary, textArbitrary.map(raw.string), numberArbitrary),
    yaml: ['2024-02-29T00:00:00.25Z'],
    converts: ['iso', 'epoch-ms', 'epoch-s'],
  },
  jsonb: { fits: valueArbitrary, yaml: [{ a: [1, 2.5, 'x'] }, [], 'x'], converts: [] },
  json: { fits: valueArbitrary, yaml: [{ a: [1, 2.5, 'x'] }, [], 'x'], converts: [] },
};

const typeNames = Object.keys(typeTable) as PlainTypeName[];

const columnTypeArbitrary: fc.Arbitrary<ColumnType> = fc
  .record({
    name: fc.constantFrom(...typeNames),
    array: fc.nat(4).map((n) => n === 0),
    length: fc.constantFrom(1, 5, 40),
    numeric: fc.constantFrom(
      {},
      { precision: 5, scale: 2 },
      { precision: 3, scale: 0 },
      { precision: 20, scale: 10 },
    ),
  })
  .map(({ name, array, length, numeric }) => ({
    name,
    array: array && name !== 'json' && name !== 'jsonb',
    ...(name === 'varchar' ? { length } : {}),
    ...(name === 'numeric' ? numeric : {}),
  }));

const paths: readonly DocumentPath[] = [
  ['a'],
  ['b'],
  ['name'],
  ['variable_indices'],
  ['sub', 'x'],
  ['sub', 'deep', 'y'],
  ['_id'],
  ['a.b'],
  ['__proto__'],
  ['d', ''],
];

const sourceArbitrary: fc.Arbitrary<ColumnSource> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...paths).map((path) => ({ kind: 'path', path }) as const) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'id-time' } as const, { kind: 'run-time' } as const) },
);

/** True once in `n` times. */
export const seldom = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((choice) => choice === 0);

export const optional = <T>(arbitrary: fc.Arbitrary<T>, n: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 1, arbitrary }, { weight: n - 1, arbitrary: fc.constant(undefined) });

const oneOrUndefined = <T>(choices: readonly T[]): fc.Arbitrary<T | undefined> =>
  choices.length === 0 ? fc.constant(undefined) : fc.constantFrom(...choices);

const textTypes: readonly PlainTypeName[] = ['text', 'varchar', 'json', 'jsonb'];
const jsonTypes: readonly PlainTypeName[] = ['json', 'jsonb'];
const instantTypes: readonly PlainTypeName[] = ['timestamptz', 'timestamp', 'json', 'jsonb'];

/** Whether a source is a part of the document, which a policy can send to rest. */
const isStored = (kind: ColumnSource['kind']): boolean => kind === 'path' || kind === 'item';

/** What the mapping's checker would refuse is put right: keys that have no meaning for the type or contradict each other. */
export function putRight(column: ColumnMapping): ColumnMapping {
  const { type } = column;
  const isJson = jsonTypes.includes(type.name);
  const takesTimes = instantTypes.includes(type.name) && !type.array;
  const from = column.from.filter(({ kind }) => isStored(kind) || takesTimes);
  const hasPath = from.some(({ kind }) => isStored(kind));
  const transform = column.convert === undefined ? column.transform : undefined;
  return {
    ...column,
    from: from.length > 0 ? from : [{ kind: 'path', path: ['a'] }],
    convert: type.array ? undefined : column.convert,
    transform,
    nullDefault: column.nullDefault && column.default !== undefined,
    mismatch:
      isJson || (column.mismatch === 'rest' && from.length > 0 && !hasPath) ? 'reject' : column.mismatch,
    nul: textTypes.includes(type.name) && (column.nul !== 'rest' || hasPath) ? column.nul : 'reject',
  };
}

function columnOfType(name: string, type: ColumnType, hasRest: boolean): fc.Arbitrary<ColumnMapping> {
  const { converts } = typeTable[type.name];
  const yaml = typeTable[type.name].yaml.filter(
    (value) => typeof value !== 'string' || type.length === undefined || value.length <= type.length,
  );
  const defaults: readonly YamlValue[] = type.array ? [[], [null, ...yaml]] : yaml;
  const canCheck = !type.array && !jsonTypes.includes(type.name) && yaml.length > 0;
  const allowed = yaml.filter((value): value is string | number | boolean => typeof value !== 'bigint') as (
    | string
    | number
    | boolean
  )[];
  const policies = hasRest ? (['reject', 'null', 'rest'] as const) : (['reject', 'null'] as const);
  const nulPolicies = hasRest
    ? (['reject', 'strip', 'escape', 'rest'] as const)
    : (['reject', 'strip', 'escape'] as const);
  return fc
    .record({
      name: fc.constant(name),
      from: fc.uniqueArray(sourceArbitrary, {
        minLength: 1,
        maxLength: 3,
        selector: (source) => JSON.stringify(source),
      }),
      skipNull: seldom(3),
      type: fc.constant(type),
      required: seldom(6),
      default: oneOrUndefined([undefined, undefined, ...defaults]),
      nullDefault: seldom(3),
      mismatch: fc.constantFrom(...policies),
      nul: fc.constantFrom(...nulPolicies),
      json: fc.constantFrom('natural' as const, 'canonical' as const),
      convert: oneOrUndefined([undefined, ...converts]),
      transform: optional(fc.constantFrom(...generatedTransforms.keys()), 8),
      check: canCheck ? optional(fc.constant(allowed), 8) : fc.constant(undefined),
      unique: fc.constant(false),
      references: fc.constant(undefined),
    })
    .map((column) => putRight(typeof column.default === 'bigint' ? { ...column, check: undefined } : column));
}

/** The column with policies that let nearly every value pass: a document of many rows would seldom pass otherwise. */
export const forgiving = (column: ColumnMapping): ColumnMapping =>
  putRight({
    ...column,
    required: false,
    check: undefined,
    mismatch: column.mismatch === 'reject' ? 'null' : column.mismatch,
    nul: column.nul === 'reject' ? 'escape' : column.nul,
  });

/** A column of any type with any policies that a mapping may combine. */
export function arbitraryColumn(name: string, hasRest: boolean): fc.Arbitrary<ColumnMapping> {
  return columnTypeArbitrary.chain((type) => columnOfType(name, type, hasRest));
}

/** A collection with one root table of one to four columns, the first of them its key, and up to three child tables. */
export function arbitraryMapping(): fc.Arbitrary<CollectionMapping> {
  return fc
    .record({
      hasRest: fc.boolean(),
      columns: fc.integer({ min: 1, max: 4 }),
      unmapped: fc.constantFrom('reject' as const, 'ignore' as const),
      duplicates: fc.constantFrom('reject' as const, 'last' as const),
      childTables: fc.constantFrom(0, 0, 1, 1, 2, 3),
    })
    .chain(({ hasRest, columns, unmapped, duplicates, childTables }) =>
      fc
        .tuple(...Array.from({ length: columns }, (_, index) => arbitraryColumn(`c${index}`, hasRest)))
        .map((list) =>
          mappingOf(childTables === 0 ? list : list.map(forgiving), {
            rest: hasRest ? { name: 'rest' } : undefined,
            unmapped,
            duplicates,
          }),
        )
        .chain((mapping) =>
          withChildTables(mapping.tables, childTables).map((tables) => ({ ...mapping, tables })),
        ),
    );
}

function withChildTables(
  tables: readonly TableMapping[],
  count: number,
): fc.Arbitrary<readonly TableMapping[]> {
  if (count === 0) return fc.constant(tables);
  return arbitraryChildTable(`child${count}`, tables).chain((table) =>
    withChildTables([...tables, table], count - 1),
  );
}
