import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import type { CollectionProfile, ObjectProfile, ValueProfile } from '../profiling/profile.ts';
import { nameOf } from '../profiling/proposal/column-name.ts';
import { proposeType } from '../profiling/proposal/propose-type.ts';
import { writePath } from '../profiling/proposal/write-path.ts';
import type { NewField } from '../report/plan-report.ts';
import type { PlanTally } from './plan-tally.ts';

/** The statement that adds a column to a table of the target. */
export type AddColumn = (table: string, column: string, type: string) => string;

/**
 * Fields that go to rest columns because nothing takes them, each with the column that would take it where one type
 * holds all of its values.
 * @param addColumn makes the statement
 */
export function newFields(
  mapping: CollectionMapping,
  tally: PlanTally,
  profile: CollectionProfile | undefined,
  addColumn: AddColumn,
): readonly NewField[] {
  return tally.adjustments().flatMap(({ table: name, kind, path, documents }): readonly NewField[] => {
    if (kind !== 'unmapped-rest' || path === undefined) return [];
    const table = mapping.tables.find((one) => one.name === name)!;
    const keys = path.split('.');
    const elements = profile && elementsOf(mapping, table, profile);
    const value = path === '*' || elements === undefined ? undefined : valueAt(elements, keys);
    const choice = value === undefined ? undefined : proposeType(value);
    if (choice === undefined || choice.type.startsWith('json')) {
      return [{ table: name, path, documents, type: undefined, alter: undefined, mapping: undefined }];
    }
    const column = freeName(table, nameOf(keys, 'snake'));
    const more = [
      choice.convert === undefined ? '' : `, convert: ${choice.convert}`,
      choice.nul === undefined ? '' : `, nul: ${choice.nul}`,
      choice.outliers > 0 ? ', mismatch: rest' : '',
    ].join('');
    const type = /[(,[]/.test(choice.type) ? `"${choice.type}"` : choice.type;
    return [
      {
        table: name,
        path,
        documents,
        type: choice.type,
        alter: addColumn(name, column, choice.type),
        mapping: `${column}: { from: ${writePath(keys)}, type: ${type}${more} }`,
      },
    ];
  });
}

function freeName(table: TableMapping, wanted: string): string {
  const taken = new Set([...table.columns.map(({ name }) => name), table.rest?.name]);
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
  return name;
}

/** What the rows of a table are made from. */
function elementsOf(
  mapping: CollectionMapping,
  table: TableMapping,
  profile: CollectionProfile,
): ObjectProfile | undefined {
  if (table.each === undefined) return profile.root;
  return valuesOf(mapping, table, profile)?.objects;
}

function valuesOf(
  mapping: CollectionMapping,
  table: TableMapping,
  profile: CollectionProfile,
): ValueProfile | undefined {
  const { each } = table;
  if (each === undefined) return undefined;
  const parent = mapping.tables.find(({ name }) => name === each.parent)!;
  if (each.path.length === 0) return valuesOf(mapping, parent, profile)?.arrays?.element;
  const fields = elementsOf(mapping, parent, profile);
  return fields && valueAt(fields, each.path)?.arrays?.element;
}

/** The values under a path of keys; undefined also where the keys are data and were not told apart. */
function valueAt(start: ObjectProfile, keys: readonly string[]): ValueProfile | undefined {
  let objects: ObjectProfile | undefined = start;
  let value: ValueProfile | undefined;
  for (const key of keys) {
    value = objects?.fields.find((field) => field.key === key)?.value;
    objects = value?.objects;
  }
  return value;
}
