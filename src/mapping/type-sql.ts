import type { ColumnType } from './mapping.ts';

/** The type as SQL text: `numeric(10,2)`, `varchar(20)[]`, `double precision`. */
export function typeSql(type: ColumnType): string {
  const size =
    type.precision === undefined
      ? type.length === undefined
        ? ''
        : `(${type.length})`
      : `(${type.precision},${type.scale ?? 0})`;
  return `${type.name}${size}${type.array ? '[]' : ''}`;
}
