import type { TableDraft } from './build-table.ts';
import { suggestion } from './suggestion.ts';
import { typeSql } from './type-sql.ts';

/**
 * Reports references that lead to no table or column, to one of another type, or to one that is not unique.
 * @param isUnreadTable true for a table that is in some file but could not be read
 */
export function checkReferences(
  drafts: readonly TableDraft[],
  isUnreadTable: (table: string) => boolean,
): void {
  const byName = new Map(drafts.map((draft) => [draft.table.name, draft]));
  for (const { table, file, columnPath } of drafts) {
    for (const { name, type, references } of table.columns) {
      if (references === undefined) continue;
      const report = (problem: string): void => file.report([...columnPath(name), 'references'], problem);
      const target = byName.get(references.table);
      if (target === undefined) {
        if (isUnreadTable(references.table)) continue;
        report(`there is no table "${references.table}"${suggestion(references.table, byName.keys())}`);
        continue;
      }
      const { columns, key } = target.table;
      const column = columns.find((candidate) => candidate.name === references.column);
      if (column === undefined) {
        if (target.isBroken(references.column)) continue;
        const hint = suggestion(
          references.column,
          columns.map((candidate) => candidate.name),
        );
        report(`table "${references.table}" has no column "${references.column}"${hint}`);
        continue;
      }
      if (column.type.name !== type.name || column.type.array !== type.array) {
        report(
          `"${name}" is ${typeSql(type)}, but "${references.table}.${column.name}" is ${typeSql(column.type)}`,
        );
      }
      if (!column.unique && !(key.length === 1 && key[0] === column.name)) {
        report(
          `"${references.table}.${column.name}" must be the whole key of its table, or unique, to be referred to`,
        );
      }
    }
  }
}
