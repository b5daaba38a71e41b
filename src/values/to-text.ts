import type { ColumnMapping } from '../mapping/mapping.ts';
import { type BsonValue, isUuid, uuidText } from './bson-value.ts';
import { applyNulPolicy } from './nul-character.ts';
import type { NoteAdjustment } from './plain-outcome.ts';
import { readText } from './read-text.ts';
import { mismatch, outOfRange, type ValuePath } from './value-path.ts';

/** text and varchar(n): texts, and the types that have one usual text form. */
export function toText(
  value: BsonValue,
  column: Pick<ColumnMapping, 'type' | 'nul'>,
  note: NoteAdjustment,
  path: ValuePath,
): string {
  const form = textForm(value, path);
  if (form === undefined) throw mismatch('The value is not a text', path);
  const text = applyNulPolicy(form, column.nul, note, path);
  const { length } = column.type;
  if (length !== undefined && [...text].length > length) {
    throw outOfRange(`The text is longer than ${length} characters`, path);
  }
  return text;
}

function textForm(value: BsonValue, path: ValuePath): string | undefined {
  switch (value.type) {
    case 'string':
    case 'symbol':
      return readText(value.text, path);
    case 'objectId':
      return value.bytes.toString('hex');
    case 'binary':
      return isUuid(value) ? uuidText(value.bytes) : undefined;
    case 'timestamp':
      return `${value.seconds}:${value.increment}`;
    case 'regex':
      return `/${readText(value.pattern, path)}/${readText(value.options, path)}`;
    default:
      return undefined;
  }
}
