import type { ColumnType, TableMapping } from '../../../mapping/mapping.ts';

export interface RowColumn {
  readonly name: string;
  readonly type: ColumnType;
}

const restType: ColumnType = { name: 'jsonb', array: false };

/** The columns of a row as the conversion gives them: the mapped ones, then the rest column. */
export const rowColumns = ({ columns, rest }: TableMapping): readonly RowColumn[] => [
  ...columns,
  ...(rest === undefined ? [] : [{ name: rest.name, type: restType }]),
];
