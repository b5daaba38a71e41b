import type { BsonValue } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { type ScalarContext, toScalar } from './to-scalar.ts';
import { mismatch, type ValuePath } from './value-path.ts';

/** A one-dimensional PostgreSQL array literal; every element but NULL is quoted, which all types accept. */
export function toArray(value: BsonValue, context: ScalarContext, path: ValuePath): string {
  if (value.type !== 'array') throw mismatch('The value is not an array', path);
  const items = readElements(value.raw).map((element, index) =>
    element.value.type === 'null' ? 'NULL' : quoted(toScalar(element.value, context, [...path, index])),
  );
  return `{${items.join(',')}}`;
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
