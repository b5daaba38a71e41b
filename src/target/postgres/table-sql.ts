import type { TableMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import type { PostLoadStep } from '../target-schema.ts';
import { documentKeyPrefix } from './document-key-prefix.ts';
import { quoteName, quoteNames, quoteTable, quoteText } from './quote.ts';

/** The statement that makes a table with nothing but columns: keys and constraints are cheaper after the load. */
export function createTableSql(schema: string, table: TableMapping): string {
  const columns = table.columns.map(
    (column) =>
      `  ${quoteName(column.name)} ${typeSql(column.type)}${column.required || table.key.includes(column.name) ? ' not null' : ''}`,
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
          sql: `create index if not exists ${index} on docrow.document_key (collection, ${documentKeyPrefix('id')})`,
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
    case 'parent-key': {
      const own = quoteNames(table.each!.parentKey);
      const other = `${quoteTable(schema, step.parent.name)} (${quoteNames(step.parent.key)})`;
      // Deferred, so that whoever changes both tables in one transaction may do so in either order.
      const definition = `foreign key (${own}) references ${other} deferrable initially deferred`;
      return [constraint(schema, table.name, step.constraint, definition)];
    }
    case 'analyze':
      return [{ sql: `analyze ${quoteTable(schema, table.name)}`, makes: undefined }];
  }
}
