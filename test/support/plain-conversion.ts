import type {
  CollectionMapping,
  ColumnMapping,
  ColumnSource,
  ColumnType,
  EachElement,
  TableMapping,
} from '../../src/mapping/mapping.ts';
import { parseType } from '../../src/mapping/parse-type.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import { convertDocument } from '../../src/values/convert-document.ts';
import type { Adjustment, PlainOutcome } from '../../src/values/plain-outcome.ts';
import { type RawField, type RawValue, rawDocument } from './raw-bson.ts';

/** A column of type `type` that takes the field `v`, with the mapping's defaults for everything not given. */
export function columnOf(type: string, given: Partial<ColumnMapping> = {}): ColumnMapping {
  return {
    name: 'c',
    from: [pathSource('v')],
    skipNull: false,
    type: typeOf(type),
    required: false,
    default: undefined,
    nullDefault: false,
    mismatch: 'reject',
    nul: 'reject',
    json: 'natural',
    convert: undefined,
    transform: undefined,
    check: undefined,
    unique: false,
    references: undefined,
    ...given,
  };
}

function typeOf(sql: string): ColumnType {
  const parsed = parseType(sql);
  if ('problem' in parsed) throw new RangeError(parsed.problem);
  return parsed.type;
}

export const pathSource = (...path: string[]): ColumnSource => ({ kind: 'path', path });

interface GivenMapping
  extends Partial<Pick<TableMapping, 'rest' | 'unmapped'> & Pick<CollectionMapping, 'duplicates'>> {
  readonly children?: readonly TableMapping[];
}

/**
 * A mapping of the root table `things` with the given columns, and of child tables after it; what they do not take is
 * ignored unless said otherwise.
 */
export function mappingOf(columns: readonly ColumnMapping[], given: GivenMapping = {}): CollectionMapping {
  const tables = [tableOf('things', columns, given), ...(given.children ?? [])];
  return {
    collection: 'things',
    file: 'mappings/things.yaml',
    transformFile: tables.some((table) => table.columns.some(({ transform }) => transform !== undefined))
      ? 'transforms/things.ts'
      : undefined,
    where: undefined,
    duplicates: given.duplicates ?? 'reject',
    onReject: 'remove',
    foreignWrites: 'report',
    tables,
    idColumn: columns[0]?.name,
    fingerprint: '0'.repeat(64),
  };
}

function tableOf(
  name: string,
  columns: readonly ColumnMapping[],
  given: Partial<Pick<TableMapping, 'rest' | 'unmapped' | 'each' | 'key'>>,
): TableMapping {
  return {
    name,
    each: given.each,
    key: given.key ?? [columns[0]?.name ?? 'c'],
    columns,
    rest: given.rest,
    unmapped: given.unmapped ?? 'ignore',
    indexes: [],
    constraintNames: {
      primaryKey: `${name}_pkey`,
      unique: {},
      foreignKey: {},
      check: {},
      parentKey: given.each && `${name}_parent_fkey`,
    },
  };
}

/**
 * A child table, below `things` unless said otherwise. Its first column takes the first of the parent and has the name
 * `parent`, the second is the position and has the name `position`; then come the given ones.
 * @param path of the array; none when the parent's element is the array
 */
export function childTable(
  name: string,
  path: readonly string[],
  columns: readonly ColumnMapping[],
  given: Partial<Pick<TableMapping, 'rest' | 'unmapped'> & EachElement> & {
    readonly of?: ColumnMapping;
  } = {},
): TableMapping {
  const { parent = 'things', mismatch = 'reject', of = columnOf('integer') } = given;
  const key = [
    columnOf('integer', {
      name: 'parent',
      type: of.type,
      from: [{ kind: 'parent', column: of.name }],
      required: true,
    }),
    columnOf('integer', { name: 'position', from: [{ kind: 'index' }], required: true }),
  ];
  return tableOf(name, [...key, ...columns], {
    ...given,
    each: { parent, path, parentKey: ['parent'], mismatch },
    key: ['parent', 'position'],
  });
}

/** The instant that `$runTime` gives in tests. */
export const runTime = new Date('2026-01-02T03:04:05.678Z');

export function convertFields(
  fields: readonly RawField[],
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
): PlainOutcome {
  return convertDocument(rawDocument(fields), mapping, { runTime, transforms });
}

/** What the column makes of one value: the text, null, or the code of the rejection. */
export function convertOne(column: ColumnMapping, value: RawValue): string | null {
  const outcome = convertFields([['v', value]], mappingOf([column]));
  return outcome.kind === 'rows' ? (outcome.tables[0]?.rows[0]?.[0] ?? null) : outcome.code;
}

/** What a mapping of the one column makes of a document; the rest of the document is ignored. */
export const convertColumnOf = (
  fields: readonly RawField[],
  type: string,
  given: Partial<ColumnMapping> = {},
): PlainOutcome => convertFields(fields, mappingOf([columnOf(type, given)]));

/** The outcome of a document for a mapping of one table, which nothing had to be adjusted for. */
export const row = (...values: readonly (string | null)[]): PlainOutcome => adjustedRow(values);

/** The same with adjustments of that table. */
export const adjustedRow = (
  values: readonly (string | null)[],
  ...adjustments: readonly Omit<Adjustment, 'table'>[]
): PlainOutcome => ({
  kind: 'rows',
  tables: [{ table: 'things', rows: [values] }],
  adjustments: adjustments.map((adjustment) => ({ table: 'things', ...adjustment })),
});
