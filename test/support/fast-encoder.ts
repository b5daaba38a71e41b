import type { Adjustment } from '../../src/encoding/adjustment-log.ts';
import {
  type CollectionEncoder,
  compileCollection,
  type EncoderOptions,
} from '../../src/encoding/compile-collection.ts';
import type { Memory } from '../../src/encoding/memory.ts';
import type {
  CollectionMapping,
  ColumnMapping,
  ColumnType,
  TableMapping,
} from '../../src/mapping/mapping.ts';
import type { Transform } from '../../src/mapping/transform.ts';
import { convertDocument } from '../../src/values/convert-document.ts';
import { copyFieldText, readCopyRows } from './copy-binary.ts';
import { columnOf, mappingOf, runTime } from './plain-conversion.ts';
import { type RawField, type RawValue, rawDocument } from './raw-bson.ts';

/** The rows of one table, their fields as text. */
export interface TableRows {
  readonly table: string;
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a document becomes, in one form for the encoder and the plain conversion. */
export interface ComparableRows {
  readonly kind: 'rows';
  /** All mapped tables, in the mapping's order. */
  readonly tables: readonly TableRows[];
  /** In the order of their texts: when each was noted is nobody's concern. */
  readonly adjustments: readonly Adjustment[];
}

export type ComparableOutcome =
  | ComparableRows
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

/** The types of the columns that a row has, the rest column included. */
export const rowTypes = ({ columns, rest }: TableMapping): readonly ColumnType[] => [
  ...columns.map(({ type }) => type),
  ...(rest === undefined ? [] : [{ name: 'jsonb', array: false } as const]),
];

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
  const written = encoder.tables.map((_, index) => takeBytes(encoder, index));
  if (outcome !== 'loaded') {
    if (written.some(({ length }) => length > 0)) {
      throw new RangeError('A document that is set aside left bytes');
    }
    const { code = 'none', path = '' } = encoder.rejection ?? {};
    return { kind: 'rejected', code, path };
  }
  const tables = mapping.tables.map((table, index) => readRows(table, written[index]!));
  return { kind: 'rows', tables, adjustments: sorted(encoder.adjustments) };
}

function readRows(table: TableMapping, bytes: Buffer): TableRows {
  const types = rowTypes(table);
  const rows = readCopyRows(bytes).map((row) => {
    if (row.length !== types.length) throw new RangeError('Another number of fields');
    return row.map((field, index) => (field === null ? null : copyFieldText(types[index]!, field)));
  });
  return { table: table.name, rows: rows.map((row) => normalFloats(row, types)) };
}

/** What the plain conversion makes of a document. */
export function plainOutcome(
  document: Buffer,
  mapping: CollectionMapping,
  transforms: ReadonlyMap<string, Transform> = new Map(),
): ComparableOutcome {
  const outcome = convertDocument(document, mapping, { runTime, transforms });
  if (outcome.kind === 'rejected') return { kind: 'rejected', code: outcome.code, path: outcome.path };
  const tables = outcome.tables.map(({ table, rows }, index) => {
    const types = rowTypes(mapping.tables[index]!);
    return { table, rows: rows.map((row) => normalFloats(row, types)) };
  });
  return { kind: 'rows', tables, adjustments: sorted(outcome.adjustments) };
}

const sorted = (adjustments: readonly Adjustment[]): readonly Adjustment[] =>
  [...adjustments].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));

const textOf = ({ table, column, kind, path = '' }: Adjustment): string =>
  JSON.stringify([table, column, kind, path]);

/** The one row of the root table. */
export function rowOf(outcome: ComparableOutcome): readonly (string | null)[] {
  if (outcome.kind === 'rejected') throw new RangeError(`${outcome.code} ${outcome.path}`);
  return outcome.tables[0]!.rows[0]!;
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
  return outcome.kind === 'rows' ? rowOf(outcome)[0]! : outcome.code;
}

/** What a mapping of the one column makes of a document; the rest of the document is ignored. */
export const encodeColumnOf = (
  fields: readonly RawField[],
  type: string,
  given: Partial<ColumnMapping> = {},
): ComparableOutcome => encodeFields(fields, mappingOf([columnOf(type, given)]));
