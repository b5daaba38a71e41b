import {
  type CollectionEncoder,
  compileCollection,
  type EncoderOptions,
} from '../../src/encoding/compile-collection.ts';
import type { Memory } from '../../src/encoding/memory.ts';
import type { CollectionMapping, ColumnMapping, ColumnType } from '../../src/mapping/mapping.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import { convertDocument } from '../../src/values/convert-document.ts';
import type { PlainOutcome } from '../../src/values/plain-outcome.ts';
import { copyFieldText, readCopyRows } from './copy-binary.ts';
import { columnOf, mappingOf, runTime } from './plain-conversion.ts';
import { type RawField, type RawValue, rawDocument } from './raw-bson.ts';

export interface PlainRow {
  readonly kind: 'row';
  readonly values: readonly (string | null)[];
  readonly adjustments: readonly { readonly column: string; readonly kind: string }[];
}

/** What the encoder or the plain conversion makes of a document, in one form for both. */
export type ComparableOutcome =
  | PlainRow
  | { readonly kind: 'rejected'; readonly code: string; readonly path: string };

export const memoryOf = (bytes: Buffer): Memory => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

/** The bytes between two of other kinds, so that reading past either end shows. */
export function betweenCanaries(document: Buffer, canary: number): { input: Memory; start: number } {
  const around = Buffer.alloc(64, canary);
  return { input: memoryOf(Buffer.concat([around, document, around])), start: around.length };
}

export function encoderOf(
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
  given: Partial<EncoderOptions> = {},
): CollectionEncoder {
  return compileCollection({ mapping, runTime, transforms, ...given });
}

/** The types of the columns that a mapped row has, the rest column included. */
export const rowTypes = (mapping: CollectionMapping): readonly ColumnType[] =>
  mapping.tables.flatMap(({ columns, rest }) => [
    ...columns.map(({ type }) => type),
    ...(rest === undefined ? [] : [{ name: 'jsonb', array: false } as const]),
  ]);

/** Takes what the encoder wrote for the table at `index`. */
export function takeBytes(encoder: CollectionEncoder, index = 0): Buffer {
  const page = encoder.tables[index]!.buffer.takePage();
  const bytes = Buffer.from(page.memory.bytes.subarray(0, page.length));
  page.release();
  return bytes;
}

/** Encodes one document and reads back what became of it. */
export function encodeOutcome(
  encoder: CollectionEncoder,
  mapping: CollectionMapping,
  input: Memory,
  start = 0,
): ComparableOutcome {
  const outcome = encoder.encode(input, start);
  const bytes = takeBytes(encoder);
  if (outcome !== 'loaded') {
    if (bytes.length > 0) throw new RangeError('A document that is set aside left bytes');
    const { code = 'none', path = '' } = encoder.rejection ?? {};
    return { kind: 'rejected', code, path };
  }
  const [row = [], ...more] = readCopyRows(bytes);
  if (more.length > 0) throw new RangeError('More than one row');
  const types = rowTypes(mapping);
  if (row.length !== types.length) throw new RangeError('Another number of fields');
  const values = row.map((field, index) => (field === null ? null : copyFieldText(types[index]!, field)));
  return { kind: 'row', values: normalFloats(values, types), adjustments: [...encoder.adjustments] };
}

/** What the plain conversion makes of a document. */
export function plainOutcome(
  document: Buffer,
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
): ComparableOutcome {
  const outcome: PlainOutcome = convertDocument(document, mapping, mapping.tables[0]!, {
    runTime,
    transforms,
  });
  if (outcome.kind === 'rejected') return { kind: 'rejected', code: outcome.code, path: outcome.path };
  return { ...outcome, values: normalFloats(outcome.values, rowTypes(mapping)) };
}

/** An int64 prints all its digits, the double of the same value only those that it needs. */
function normalFloats(
  values: readonly (string | null)[],
  types: readonly ColumnType[],
): readonly (string | null)[] {
  return values.map((text, index) => {
    const name = types[index]!.name;
    if (text === null || (name !== 'real' && name !== 'double precision')) return text;
    return text.replace(/-?\d[\d.e+-]*/g, (number) => (number === '-0' ? number : String(Number(number))));
  });
}

export const encodeFields = (
  fields: readonly RawField[],
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
): ComparableOutcome => encodeOutcome(encoderOf(mapping, transforms), mapping, memoryOf(rawDocument(fields)));

/** What the encoder makes of one value: the text, null, or the code of the rejection. */
export function encodeOne(column: ColumnMapping, value: RawValue): string | null {
  const outcome = encodeFields([['v', value]], mappingOf([column]));
  return outcome.kind === 'row' ? outcome.values[0]! : outcome.code;
}

/** What a mapping of the one column makes of a document; the rest of the document is ignored. */
export const encodeColumnOf = (
  fields: readonly RawField[],
  type: string,
  given: Partial<ColumnMapping> = {},
): ComparableOutcome => encodeFields(fields, mappingOf([columnOf(type, given)]));
