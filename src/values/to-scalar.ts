import type { CollectionMapping, ColumnMapping } from '../mapping/mapping.ts';
import type { BsonValue } from './bson-value.ts';
import { namedConverts } from './convert-named.ts';
import type { NoteAdjustment } from './plain-outcome.ts';
import { readText } from './read-text.ts';
import { toBoolean } from './to-boolean.ts';
import { byteaText, toBytea } from './to-bytea.ts';
import { toDoublePrecision, toReal } from './to-float.ts';
import { toInteger } from './to-integer.ts';
import { toJsonColumn } from './to-json-column.ts';
import { toNumeric } from './to-numeric.ts';
import { toText } from './to-text.ts';
import { timestampText, toDate, toTimeOfDay, toTimestamp } from './to-time.ts';
import { toUuid } from './to-uuid.ts';
import type { ValuePath } from './value-path.ts';

/** What a conversion has to know besides the value. */
export interface ScalarContext {
  readonly column: ColumnMapping;
  readonly duplicates: CollectionMapping['duplicates'];
  readonly note: NoteAdjustment;
  /** False for defaults and results of transforms, which no `convert` applies to. */
  readonly applyConvert: boolean;
}

/**
 * One value, neither null nor missing, as PostgreSQL's text input for the column's type (its element type when it
 * is an array).
 * @throws DocrowError with a code that sets documents aside; `path` is in its context
 */
export function toScalar(value: BsonValue, context: ScalarContext, path: ValuePath): string {
  const { column } = context;
  // A text that is not UTF-8 is reported as that, even where the type takes no text at all.
  if (value.type === 'string') readText(value.text, path);
  if (column.convert === undefined || !context.applyConvert) return toColumnType(value, context, path);

  const converted = namedConverts[column.convert](value, column, path);
  if (converted.kind === 'value') return toColumnType(converted.value, context, path);
  if (converted.kind === 'bytes') return byteaText(converted.bytes);
  return timestampText(
    converted.micros,
    column.type.name === 'timestamp' ? 'timestamp' : 'timestamptz',
    path,
  );
}

/** The table of BSON types × PostgreSQL types: one function per row, which refuses what its type cannot hold. */
function toColumnType(
  value: BsonValue,
  { column, duplicates, note }: ScalarContext,
  path: ValuePath,
): string {
  const { type } = column;
  switch (type.name) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return toInteger(value, type.name, path);
    case 'numeric':
      return toNumeric(value, type, path);
    case 'real':
      return toReal(value, path);
    case 'double precision':
      return toDoublePrecision(value, path);
    case 'boolean':
      return toBoolean(value, path);
    case 'text':
    case 'varchar':
      return toText(value, column, note, path);
    case 'uuid':
      return toUuid(value, path);
    case 'bytea':
      return toBytea(value, path);
    case 'date':
      return toDate(value, path);
    case 'time':
      return toTimeOfDay(value, path);
    case 'timestamp':
    case 'timestamptz':
      return toTimestamp(value, type.name, path);
    case 'json':
    case 'jsonb':
      return toJsonColumn(value, column, duplicates, note, path);
  }
}
