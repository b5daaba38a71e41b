import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { ColumnMapping, ColumnType, PlainTypeName } from '../mapping/mapping.ts';
import { convertField } from './convert-field.ts';
import type { JsonbRules } from './jsonb-rules.ts';
import type { FieldWriter } from './memory.ts';
import { numberField } from './number-fields.ts';
import { plainField } from './plain-fields.ts';
import { textField } from './text-field.ts';
import { timeField } from './time-fields.ts';
import { mismatch, ValueProblem } from './value-problem.ts';
import { createJsonWriter, type JsonWriterOptions } from './write-json.ts';
import type { JsonNul } from './write-json-string.ts';
import { createJsonbWriter } from './write-jsonb.ts';

/** OIDs of PostgreSQL's built-in types (pg_type.dat); an array names its element's in its header. */
const elementOids: Readonly<Record<Exclude<PlainTypeName, 'json' | 'jsonb'>, number>> = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  real: 700,
  'double precision': 701,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
};

function jsonField(column: ColumnMapping, { duplicates, normalizer }: JsonbRules): FieldWriter {
  const isBinary = column.type.name === 'jsonb';
  const nul: JsonNul = column.nul === 'rest' ? 'reject' : column.nul;
  const options: JsonWriterOptions = {
    style: column.json,
    nul,
    duplicates: isBinary && duplicates === 'reject' ? 'reject' : 'keep',
  };
  if (!isBinary) {
    const write = createJsonWriter(options);
    return (type, input, at, output, position) => {
      const end = write(type, input, at, output, position + 4);
      output.view.setInt32(position, end - position - 4);
      return end;
    };
  }
  const write = normalizer === undefined ? createJsonWriter(options) : createJsonbWriter(options, normalizer);
  return (type, input, at, output, position) => {
    // The version byte of jsonb's binary form.
    output.bytes[position + 4] = 1;
    const end = write(type, input, at, output, position + 5);
    output.view.setInt32(position, end - position - 4);
    return end;
  };
}

function scalarField(type: ColumnType, column: ColumnMapping): FieldWriter {
  switch (type.name) {
    case 'text':
    case 'varchar':
      return textField(type, column.nul);
    case 'uuid':
    case 'boolean':
    case 'bytea':
      return plainField(type);
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return timeField(type);
    default:
      return numberField(type);
  }
}

/** A one-dimensional array: dimensions, null flag, element type, length, lower bound, elements (array_send). */
function arrayField(type: ColumnType, element: FieldWriter): FieldWriter {
  const oid = elementOids[type.name as keyof typeof elementOids];
  return (bson, input, start, output, position) => {
    if (bson !== bsonType.array) throw mismatch('The value is not an array');
    const { bytes, view } = input;
    const target = output.view;
    const limit = start + view.getInt32(start, true) - 1;
    let at = start + 4;
    let count = 0;
    let hasNull = 0;
    let end = position + 24;
    while (at < limit) {
      const elementType = bytes[at]!;
      at = keyEnd(bytes, at + 1, limit) + 1;
      const next = valueEnd(elementType, bytes, view, at, limit);
      if (elementType === bsonType.null) {
        target.setInt32(end, -1);
        end += 4;
        hasNull = 1;
      } else {
        try {
          end = element(elementType, input, at, output, end);
        } catch (problem) {
          if (problem instanceof ValueProblem) problem.inside(count);
          throw problem;
        }
      }
      at = next;
      count++;
    }
    if (count === 0) {
      target.setInt32(position, 12);
      target.setInt32(position + 4, 0);
      target.setInt32(position + 8, 0);
      target.setInt32(position + 12, oid);
      return position + 16;
    }
    target.setInt32(position, end - position - 4);
    target.setInt32(position + 4, 1);
    target.setInt32(position + 8, hasNull);
    target.setInt32(position + 12, oid);
    target.setInt32(position + 16, count);
    target.setInt32(position + 20, 1);
    return end;
  };
}

/**
 * The writer for a column's values.
 * @param plain leave out `convert`, as for defaults and the results of transforms
 */
export function valueField(column: ColumnMapping, rules: JsonbRules, plain: boolean): FieldWriter {
  if (column.type.name === 'jsonb' || column.type.name === 'json') return jsonField(column, rules);
  const useConvert = column.convert !== undefined && !plain;
  const scalar = useConvert ? convertField(column) : scalarField(column.type, column);
  return column.type.array ? arrayField(column.type, scalar) : scalar;
}
