import type { ColumnMapping, PlainTypeName } from '../mapping/mapping.ts';
import { decimalText, parseDecimal, shortened } from './plain-decimal.ts';
import { yamlToColumn } from './to-column.ts';
import type { ScalarContext } from './to-scalar.ts';

/** Whether a converted value is among those that the column's `check` allows, compared as values of its type. */
export function passesCheck(
  text: string,
  allowed: NonNullable<ColumnMapping['check']>,
  context: ScalarContext,
): boolean {
  const { name } = context.column.type;
  return allowed.some(
    (value) => comparable(yamlToColumn(value, context) ?? '', name) === comparable(text, name),
  );
}

/** One text for equal values: for numbers 1.0 is 1, and −0 is 0. All other types have only one text anyway. */
function comparable(text: string, type: PlainTypeName): string {
  if (type === 'real' || type === 'double precision') return String(Number(text));
  const decimal = type === 'numeric' ? parseDecimal(text) : undefined;
  return decimal === undefined ? text : decimalText(shortened(decimal));
}
