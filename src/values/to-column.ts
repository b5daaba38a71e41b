import { DocrowError } from '../errors/docrow-error.ts';
import type { YamlValue } from '../mapping/mapping.ts';
import { yamlValueToBson } from '../mapping/yaml-to-bson.ts';
import type { BsonValue } from './bson-value.ts';
import { readElements } from './decode-value.ts';
import { toArray } from './to-array.ts';
import { type ScalarContext, toScalar } from './to-scalar.ts';
import type { ValuePath } from './value-path.ts';

/**
 * A value as PostgreSQL's text input for a column. Null and missing both become SQL NULL.
 * @throws DocrowError with a code that sets documents aside; `path` is in its context
 */
export function toColumn(
  value: BsonValue | undefined,
  context: ScalarContext,
  path: ValuePath,
): string | null {
  if (value === undefined || value.type === 'null') return null;
  return context.column.type.array ? toArray(value, context, path) : toScalar(value, context, path);
}

/**
 * A value written in the mapping (a default, or one that `check` allows), under the rules for values from documents
 * but without `convert`.
 * @throws DocrowError `mapping-invalid` when it does not fit the column
 */
export function yamlToColumn(value: YamlValue, context: ScalarContext): string | null {
  const [element] = readElements(Buffer.from(yamlValueToBson(value)));
  try {
    return toColumn(element?.value, { ...context, applyConvert: false, note: () => {} }, []);
  } catch (error) {
    const { name } = context.column;
    throw new DocrowError(
      'mapping-invalid',
      `The default or a value in \`check\` of column ${name} does not fit its type`,
      { column: name },
      error,
    );
  }
}
