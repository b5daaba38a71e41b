import type { ProposedColumn } from './proposal.ts';

/**
 * A `partialFilterExpression` as an SQL predicate, or undefined where it says more than SQL would surely mean alike.
 * @param filter canonical Extended JSON text
 * @param find the column of a dotted path, when there is one
 */
export function translateFilter(
  filter: string,
  find: (path: string) => ProposedColumn | undefined,
): string | undefined {
  const parsed: unknown = JSON.parse(filter);
  if (!isObject(parsed)) return undefined;
  const parts = Object.entries(parsed).map(([path, test]) => {
    const column = path.startsWith('$') ? undefined : find(path);
    return column && testSql(column, test);
  });
  return parts.length === 0 || parts.includes(undefined) ? undefined : parts.join(' and ');
}

const comparisons: Readonly<Record<string, string>> = {
  $eq: '=',
  $gt: '>',
  $gte: '>=',
  $lt: '<',
  $lte: '<=',
};

function testSql(column: ProposedColumn, test: unknown): string | undefined {
  const name = `"${column.name.replaceAll('"', '""')}"`;
  const operators = isObject(test) ? Object.entries(test) : [];
  const isComparison =
    operators.length > 0 && operators.every(([key]) => key === '$exists' || Object.hasOwn(comparisons, key));
  const tests = isComparison ? operators : [['$eq', test] as const];
  const parts = tests.map(([operator, value]) => {
    if (operator === '$exists') return value === true ? `${name} is not null` : undefined;
    const literal = literalSql(column, value);
    return literal && `${name} ${comparisons[operator]} ${literal}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(' and ');
}

function literalSql({ choice }: ProposedColumn, value: unknown): string | undefined {
  const type = choice?.type;
  // Texts compare by the database's collation, so only equality could be meant; and an escape changes them.
  if (
    type === 'text' &&
    typeof value === 'string' &&
    choice?.convert === undefined &&
    choice?.nul === undefined
  ) {
    return value.includes('\0') || value.includes('\\') ? undefined : `'${value.replaceAll("'", "''")}'`;
  }
  if (type === 'boolean' && typeof value === 'boolean') return String(value);
  if (!isObject(value)) return undefined;
  const number = value['$numberInt'] ?? value['$numberLong'] ?? value['$numberDouble'];
  const isNumber =
    type === 'integer' || type === 'bigint' || type === 'numeric' || type === 'double precision';
  return isNumber && typeof number === 'string' && /^-?\d+(\.\d+)?$/.test(number) ? number : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
