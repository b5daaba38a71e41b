import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import type { PostLoadStep } from '../target-schema.ts';
import { quoteName, quoteNames, quoteTable, quoteText } from './quote.ts';

/** The statement that makes a table with nothing but columns: keys and constraints are cheaper after the load. */
export function createTableSql(schema: string, table: TableMapping): string {
  const columns = table.columns.map(
    (column) => `  ${quoteName(column.name)} ${typeSql(column.type)}${column.required ? ' not null' : ''}`,
  );
  if (table.rest !== undefined) columns.push(`  ${quoteName(table.rest.name)} jsonb`);
  return `create table ${quoteTable(schema, table.name)} (\n${columns.join(',\n')}\n)`;
}

/** Comments that a column needs to be understood: its text is an escaped form. */
export function commentSql(schema: string, table: TableMapping): readonly string[] {
  return table.columns
    .filter((column) => column.nul === 'escape')
    .map(
      (column) =>
        `comment on column ${quoteTable(schema, table.name)}.${quoteName(column.name)} is ${quoteText(
          'Escaped by docrow: a backslash stands as two, a NUL character as backslash and 0',
        )}`,
    );
}

/** Everything that a collection's root table gets after the load, in an order that works. */
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
    for (const column of table.columns) {
      // A reference that may lead nowhere has an index among `indexes`, and no constraint.
      if (column.references !== undefined && column.references.orphans !== 'allow') {
        const name = of('foreign key', names.foreignKey[column.name]!);
        steps.push({ kind: 'foreign-key', collection, table, name, column });
      }
    }
    steps.push({ kind: 'analyze', collection, table, name: of('statistics', 'analyze') });
  }
  return steps;
}

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? quoteText(value) : String(value);

/** One statement of a step, and how to see that it need not run again. */
export interface StepStatement {
  readonly sql: string;
  /** What to look for in the catalogue; undefined for what may simply run again. */
  readonly makes: MadeObject | undefined;
}

export interface MadeObject {
  readonly kind: 'index' | 'constraint';
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  /** Columns of a primary key: one that is there under another name will do. */
  readonly primaryKey?: readonly string[];
}

function uniqueIndex(
  schema: string,
  table: string,
  name: string,
  columns: readonly string[],
  where = '',
): StepStatement {
  const target = quoteTable(schema, table);
  return {
    sql: `create unique index ${quoteName(name)} on ${target} (${quoteNames(columns)})${where}`,
    makes: { kind: 'index', schema, table, name },
  };
}

function constraint(schema: string, table: string, name: string, definition: string): StepStatement {
  return {
    sql: `alter table ${quoteTable(schema, table)} add constraint ${quoteName(name)} ${definition}`,
    makes: { kind: 'constraint', schema, table, name },
  };
}

/**
 * The statements of a step, each to be run in a transaction of its own. A key is built as an index first, since that
 * lets other indexes of the table be built at the same time; making it a constraint then takes a moment.
 */
export function stepStatements(schema: string, step: PostLoadStep): readonly StepStatement[] {
  const { table } = step;
  const names = table.constraintNames;
  switch (step.kind) {
    case 'document-key': {
      const index = quoteName('document_key_id_idx');
      return [
        {
          sql: `create index if not exists ${index} on docrow.document_key (collection, id)`,
          makes: undefined,
        },
        { sql: 'analyze docrow.document_key', makes: undefined },
      ];
    }
    case 'primary-key': {
      const name = names.primaryKey;
      const using = `primary key using index ${quoteName(name)}`;
      const statements = [
        uniqueIndex(schema, table.name, name, table.key),
        constraint(schema, table.name, name, using),
      ];
      return statements.map(({ sql, makes }) => ({
        sql,
        makes: makes && { ...makes, primaryKey: table.key },
      }));
    }
    case 'unique': {
      if (step.index !== undefined) {
        const where = step.where === undefined ? '' : ` where ${step.where}`;
        return [uniqueIndex(schema, table.name, step.index.name, step.columns, where)];
      }
      const name = names.unique[step.columns[0]!]!;
      const using = `unique using index ${quoteName(name)}`;
      return [
        uniqueIndex(schema, table.name, name, step.columns),
        constraint(schema, table.name, name, using),
      ];
    }
    case 'index': {
      const { name, method, columns, where } = step.index;
      const filter = where === undefined ? '' : ` where ${where}`;
      const sql = `create index ${quoteName(name)} on ${quoteTable(schema, table.name)} using ${method} (${quoteNames(columns)})${filter}`;
      return [{ sql, makes: { kind: 'index', schema, table: table.name, name } }];
    }
    case 'check': {
      const { column } = step;
      const allowed = (column.check ?? []).map(literal).join(', ');
      return [
        constraint(
          schema,
          table.name,
          names.check[column.name]!,
          `check (${quoteName(column.name)} in (${allowed}))`,
        ),
      ];
    }
    case 'foreign-key': {
      const { column } = step;
      const { table: other, column: otherColumn } = column.references!;
      const definition = `foreign key (${quoteName(column.name)}) references ${quoteTable(schema, other)} (${quoteName(otherColumn)}) deferrable initially immediate`;
      return [constraint(schema, table.name, names.foreignKey[column.name]!, definition)];
    }
    case 'analyze':
      return [{ sql: `analyze ${quoteTable(schema, table.name)}`, makes: undefined }];
  }
}
