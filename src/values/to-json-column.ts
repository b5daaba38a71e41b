import type { CollectionMapping, ColumnMapping } from '../mapping/mapping.ts';
import type { BsonValue } from './bson-value.ts';
import { applyNulPolicy } from './nul-character.ts';
import type { NoteAdjustment } from './plain-outcome.ts';
import { toJson } from './to-json.ts';
import type { ValuePath } from './value-path.ts';

/** json and jsonb: any value, in the form that the column asks for. jsonb would drop duplicate keys; json keeps them. */
export function toJsonColumn(
  value: BsonValue,
  column: Pick<ColumnMapping, 'type' | 'json' | 'nul'>,
  duplicates: CollectionMapping['duplicates'],
  note: NoteAdjustment,
  path: ValuePath,
): string {
  const rejectsDuplicates = column.type.name === 'jsonb' && duplicates === 'reject';
  return toJson(
    value,
    {
      style: column.json,
      duplicates: rejectsDuplicates ? 'reject' : 'keep',
      string: (text, at) => JSON.stringify(applyNulPolicy(text, column.nul, note, at)),
    },
    path,
  );
}
