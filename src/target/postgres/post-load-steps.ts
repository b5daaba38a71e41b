import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import type { PostLoadStep } from '../target-schema.ts';

/** Everything that a collection's tables get after the load, in an order that works. */
export function postLoadSteps(mapping: CollectionMapping): readonly PostLoadStep[] {
  const { collection } = mapping;
  const steps: PostLoadStep[] = [];
  if (mapping.idColumn === undefined) {
    const table = mapping.tables[0]!;
    steps.push({ kind: 'document-key', collection, table, name: `document_key of ${collection}` });
  }
  for (const table of mapping.tables) {
    const names = table.constraintNames;
    const of = (kind: string, name: string): string => `${table.name}: ${kind} ${name}`;
    steps.push({ kind: 'primary-key', collection, table, name: of('primary key', names.primaryKey) });
    for (const column of table.columns) {
      if (column.unique) {
        const name = of('unique', names.unique[column.name]!);
        steps.push({
          kind: 'unique',
          collection,
          table,
          name,
          columns: [column.name],
          where: undefined,
          index: undefined,
        });
      }
    }
    for (const index of table.indexes) {
      if (!index.unique) continue;
      const { columns, where } = index;
      steps.push({
        kind: 'unique',
        collection,
        table,
        name: of('unique index', index.name),
        columns,
        where,
        index,
      });
    }
    for (const index of table.indexes) {
      if (!index.unique)
        steps.push({ kind: 'index', collection, table, name: of('index', index.name), index });
    }
    for (const column of table.columns) {
      if (column.check !== undefined) {
        steps.push({
          kind: 'check',
          collection,
          table,
          name: of('check', names.check[column.name]!),
          column,
        });
      }
    }
    const parent = mapping.tables.find((candidate) => candidate.name === table.each?.parent);
    const parentColumn = parent === undefined ? undefined : parentReference(table, parent);
    if (parent !== undefined) {
      const constraint = names.parentKey ?? names.foreignKey[parentColumn!]!;
      const name = of('parent key', constraint);
      steps.push({ kind: 'parent-key', collection, table, name, parent, constraint });
    }
    for (const column of table.columns) {
      // A reference that may lead nowhere has an index among `indexes`, and no constraint.
      if (column.references === undefined || column.references.orphans === 'allow') continue;
      if (column.name !== parentColumn) {
        const name = of('foreign key', names.foreignKey[column.name]!);
        steps.push({ kind: 'foreign-key', collection, table, name, column });
      }
    }
    steps.push({ kind: 'analyze', collection, table, name: of('statistics', 'analyze') });
  }
  return steps;
}

/** The column of a child table whose own reference is the foreign key to the parent, where it has one. */
function parentReference(table: TableMapping, parent: TableMapping): string | undefined {
  if (table.constraintNames.parentKey !== undefined) return undefined;
  return table.columns.find(
    ({ name, references }) =>
      name === table.each?.parentKey[0] &&
      references?.table === parent.name &&
      references.column === parent.key[0],
  )?.name;
}
