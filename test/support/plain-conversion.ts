import type {
  CollectionMapping,
  ColumnMapping,
  ColumnSource,
  ColumnType,
  TableMapping,
} from '../../src/mapping/mapping.ts';
import { parseType } from '../../src/mapping/parse-type.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import { convertDocument } from '../../src/values/convert-document.ts';
import type { PlainOutcome } from '../../src/values/plain-outcome.ts';
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

/** A mapping of one table with the given columns; what they do not take is ignored unless said otherwise. */
export function mappingOf(
  columns: readonly ColumnMapping[],
  given: Partial<Pick<TableMapping, 'rest' | 'unmapped'> & Pick<CollectionMapping, 'duplicates'>> = {},
): CollectionMapping {
  const table: TableMapping = {
    name: 'things',
    key: [columns[0]?.name ?? 'c'],
    columns,
    rest: given.rest,
    unmapped: given.unmapped ?? 'ignore',
    indexes: [],
    constraintNames: { primaryKey: 'things_pkey', unique: {}, foreignKey: {}, check: {} },
  };
  return {
    collection: 'things',
    file: 'mappings/things.yaml',
    transformFile: columns.some(({ transform }) => transform !== undefined)
      ? 'transforms/things.ts'
      : undefined,
    where: undefined,
    duplicates: given.duplicates ?? 'reject',
    tables: [table],
    idColumn: columns[0]?.name,
    fingerprint: '0'.repeat(64),
  };
}

/** The instant that `$runTime` gives in tests. */
export const runTime = new Date('2026-01-02T03:04:05.678Z');

export function convertFields(
  fields: readonly RawField[],
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
): PlainOutcome {
  const [table] = mapping.tables;
  if (table === undefined) throw new RangeError('The mapping has no table');
  return convertDocument(rawDocument(fields), mapping, table, { runTime, transforms });
}

/** What the column makes of one value: the text, null, or the code of the rejection. */
export function convertOne(column: ColumnMapping, value: RawValue): string | null {
  const outcome = convertFields([['v', value]], mappingOf([column]));
  return outcome.kind === 'row' ? (outcome.values[0] ?? null) : outcome.code;
}

/** What a mapping of the one column makes of a document; the rest of the document is ignored. */
export const convertColumnOf = (
  fields: readonly RawField[],
  type: string,
  given: Partial<ColumnMapping> = {},
): PlainOutcome => convertFields(fields, mappingOf([columnOf(type, given)]));

/** The outcome of a document that nothing had to be adjusted for. */
export const row = (...values: readonly (string | null)[]): PlainOutcome => ({
  kind: 'row',
  values,
  adjustments: [],
});
