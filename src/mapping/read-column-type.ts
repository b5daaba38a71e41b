import type { ColumnPlace } from './build-column.ts';
import type { ColumnSource, ColumnType } from './mapping.ts';
import { parseType } from './parse-type.ts';
import { suggestion } from './suggestion.ts';
import { typeSql } from './type-sql.ts';

/**
 * Reads the type of a column, which a column of the parent gives to one that is taken from it, and which is integer for
 * positions when nothing else is said.
 * @param from the column's sources; undefined when they could not be understood, and were reported
 * @returns undefined when there is no telling the type; the reason was reported
 */
export function readColumnType(
  text: string | undefined,
  from: readonly ColumnSource[] | undefined,
  { file, path, parent }: ColumnPlace,
): ColumnType | undefined {
  const parsed = text === undefined ? undefined : parseType(text);
  if (parsed !== undefined && 'problem' in parsed) file.report([...path, 'type'], parsed.problem);
  const written = parsed !== undefined && 'type' in parsed ? parsed.type : undefined;
  const [source] = from ?? [];
  switch (source?.kind) {
    case 'index':
      return text === undefined ? { name: 'integer', array: false } : written;
    case 'parent': {
      if (parent === undefined) return written;
      const inherited = typeInParent(source.column, parent, (problem) =>
        file.report([...path, 'from'], problem),
      );
      if (inherited === undefined) return written;
      if (written !== undefined && typeSql(written) !== typeSql(inherited)) {
        const problem = `"${parent.table.name}.${source.column}" is ${typeSql(inherited)}, and so is this column; "type" can be left out`;
        file.report([...path, 'type'], problem);
      }
      return inherited;
    }
    default:
      if (text === undefined && from !== undefined) file.report([...path, 'type'], '"type" is missing');
      return written;
  }
}

function typeInParent(
  name: string,
  { table, isBroken }: NonNullable<ColumnPlace['parent']>,
  report: (problem: string) => void,
): ColumnType | undefined {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    if (isBroken(name)) return undefined;
    if (table.rest?.name === name) report('the rest column of the parent cannot be taken into a child table');
    else {
      const hint = suggestion(
        name,
        table.columns.map((candidate) => candidate.name),
      );
      report(`the parent "${table.name}" has no column "${name}"${hint}`);
    }
    return undefined;
  }
  if (column.references?.orphans === 'null') {
    report(
      `"${table.name}.${name}" may become null after the load ("orphans: null"), and this column would not`,
    );
  }
  return column.type;
}
