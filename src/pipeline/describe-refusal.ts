import type { RejectionRecord } from '../checkpoint/checkpoint-store.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import { columnPath, sharedPath } from './column-path.ts';

/** Says why PostgreSQL refused the row of a document. */
export type DescribeRefusal = (problem: DocrowError) => Pick<RejectionRecord, 'code' | 'path' | 'reason'>;

const uniqueViolation = '23505';
const foreignKeyViolation = '23503';

/** Explains refusals by the constraints of a mapping; of others it says what PostgreSQL said. */
export const describeRefusal =
  (mapping: CollectionMapping): DescribeRefusal =>
  ({ context }) => {
    const { sqlstate, constraint } = context;
    const table = mapping.tables.find(({ name }) => name === context['table']);
    const name = constraint === undefined ? '' : String(constraint);
    if (sqlstate === uniqueViolation) {
      const columns = table && uniqueColumns(table, name);
      const what = columns?.join(', ') ?? `value (constraint ${name})`;
      const reason = `Another row of table ${context['table'] ?? 'unknown'} has the same ${what}`;
      const path = table && columns ? sharedPath(mapping, table, columns) : '';
      return { code: 'duplicate-value', path, reason };
    }
    if (sqlstate === foreignKeyViolation && table !== undefined) {
      const column = table.columns.find((each) => table.constraintNames.foreignKey[each.name] === name);
      if (column?.references !== undefined) {
        const reason = `There is no document of ${column.references.table} that it refers to`;
        return { code: 'reference-missing', path: columnPath(mapping, table, column.name), reason };
      }
    }
    const by = constraint === undefined ? '' : ` by constraint ${constraint}`;
    const isRoot = context['table'] === undefined || context['table'] === mapping.tables[0]!.name;
    const of = isRoot ? '' : ` of table ${context['table']}`;
    const reason = `PostgreSQL refused the row${of}${by} (SQLSTATE ${sqlstate ?? 'unknown'})`;
    return { code: 'row-refused', path: '', reason };
  };

/** The columns that a constraint or unique index of the mapping is over. */
function uniqueColumns(table: TableMapping, constraint: string): readonly string[] | undefined {
  const { primaryKey, unique } = table.constraintNames;
  if (constraint === primaryKey) return table.key;
  const column = table.columns.find(({ name }) => unique[name] === constraint);
  return column === undefined
    ? table.indexes.find(({ name }) => name === constraint)?.columns
    : [column.name];
}
