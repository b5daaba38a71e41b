import fc from 'fast-check';
import type {
  CollectionMapping,
  ColumnMapping,
  DocumentPath,
  TableMapping,
} from '../../src/mapping/mapping.ts';
import { arbitraryMapping, optional, seldom, typeTable } from './mapping-arbitraries.ts';
import { type RawField, type RawKey, type RawValue, raw, rawDocument } from './raw-bson.ts';
import { fieldsArbitrary, scalarArbitrary, valueArbitrary } from './value-arbitraries.ts';

/** A whole document, well formed; one in a few has a key twice. */
export function arbitraryDocument(): fc.Arbitrary<Buffer> {
  return fieldsArbitrary.map(rawDocument);
}

/** A document together with a mapping that it may or may not fit. */
export interface GeneratedCase {
  readonly document: Buffer;
  readonly mapping: CollectionMapping;
}

interface PathValue {
  readonly path: DocumentPath;
  readonly value: RawValue;
}

/** A value for a column: mostly one that its type takes, else any. */
function valueFor(column: ColumnMapping): fc.Arbitrary<RawValue> {
  const { fits } = typeTable[column.type.name];
  const own = column.type.array
    ? fc
        .array(fc.oneof({ weight: 6, arbitrary: fits }, { weight: 1, arbitrary: fc.constant(raw.null()) }), {
          maxLength: 3,
        })
        .map(raw.array)
    : fits;
  return fc.oneof(
    { weight: 6, arbitrary: own },
    { weight: 2, arbitrary: scalarArbitrary },
    { weight: 1, arbitrary: valueArbitrary },
    { weight: 1, arbitrary: fc.constant(raw.null()) },
  );
}

/** Values at the paths that columns and child tables name, some left out, in any order. */
function mappedFields(table: TableMapping, mapping: CollectionMapping): fc.Arbitrary<readonly PathValue[]> {
  const ofColumns = table.columns.flatMap((column) =>
    column.from.flatMap((source) =>
      source.kind === 'path' ? [sometimesAt(source.path, valueFor(column))] : [],
    ),
  );
  const ofChildren = childrenOf(table, mapping).flatMap((child) =>
    child.each!.path.length === 0 ? [] : [sometimesAt(child.each!.path, arrayFor(child, mapping))],
  );
  return fc
    .tuple(...ofColumns, ...ofChildren)
    .map((lists) => onePerPath(lists.flat()))
    .chain((list) => fc.shuffledSubarray([...list], { minLength: list.length }));
}

const sometimesAt = (
  path: DocumentPath,
  values: fc.Arbitrary<RawValue>,
): fc.Arbitrary<readonly PathValue[]> =>
  fc.tuple(values, seldom(5)).map(([value, leftOut]) => (leftOut ? [] : [{ path, value }]));

const childrenOf = ({ name }: TableMapping, { tables }: CollectionMapping): readonly TableMapping[] =>
  tables.filter(({ each }) => each?.parent === name);

/** What a child table is made from: mostly an array of what fits it. */
function arrayFor(table: TableMapping, mapping: CollectionMapping): fc.Arbitrary<RawValue> {
  const elements = fc.array(elementFor(table, mapping), { maxLength: 4 }).map(raw.array);
  return fc.oneof(
    { weight: 30, arbitrary: elements },
    { weight: 2, arbitrary: fc.constant(raw.null()) },
    { weight: 1, arbitrary: scalarArbitrary },
    { weight: 1, arbitrary: fieldsArbitrary.map(raw.document) },
  );
}

/** An element for a child table: mostly a document, or what takes the element whole, seldom anything. */
function elementFor(table: TableMapping, mapping: CollectionMapping): fc.Arbitrary<RawValue> {
  const ofItem = table.columns.filter(({ from }) => from.some(({ kind }) => kind === 'item')).map(valueFor);
  const ofChildren = childrenOf(table, mapping)
    .filter(({ each }) => each!.path.length === 0)
    .map((child) => arrayFor(child, mapping));
  const documents = fc
    .tuple(mappedFields(table, mapping), optional(fieldsArbitrary, 10))
    .map(([values, others = []]) => raw.document([...nest(values), ...others]));
  return fc.oneof(
    { weight: 60, arbitrary: fc.oneof(documents, ...ofItem, ...ofChildren) },
    { weight: 1, arbitrary: valueArbitrary },
  );
}

const onePerPath = (values: readonly PathValue[]): readonly PathValue[] => [
  ...new Map(values.map((item) => [JSON.stringify(item.path), item])).values(),
];

/** Fields in the order of the values; those that begin with one key share a sub-document at the place of the first. */
function nest(values: readonly PathValue[]): RawField[] {
  const fields: RawField[] = [];
  const done = new Set<string>();
  for (const { path, value } of values) {
    const [key = '', ...below] = path;
    if (below.length === 0) fields.push([key, value]);
    else if (!done.has(key)) {
      done.add(key);
      const inside = values.filter((other) => other.path.length > 1 && other.path[0] === key);
      fields.push([
        key,
        raw.document(nest(inside.map((other) => ({ ...other, path: other.path.slice(1) })))),
      ]);
    }
  }
  return fields;
}

/** A document for a mapping: fields that it maps, mostly of fitting types, an `_id`, and seldom other fields. */
export function arbitraryDocumentFor(mapping: CollectionMapping): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      mappedFields(mapping.tables[0]!, mapping),
      optional(fieldsArbitrary, 4),
      fc.constantFrom(raw.objectId('65a1b2c3d4e5f60718293a4b'), raw.int32(7), raw.string('key')),
      seldom(4),
      seldom(10),
    )
    .map(([values, others = [], id, inSubDocument, repeatsKey]) => {
      const has = (key: string): boolean => values.some(({ path }) => path[0] === key);
      const hasId = has('_id');
      const isFree = (key: RawKey): boolean => repeatsKey || typeof key !== 'string' || !has(key);
      const extra = (inSubDocument ? [['sub', raw.document(others)] as const] : others).filter(([key]) =>
        isFree(key),
      );
      const fields: RawField[] = [...(hasId ? [] : [['_id', id] as const]), ...nest(values), ...extra];
      return rawDocument(fields);
    });
}

/** A mapping and a document for it. */
export function arbitraryCase(): fc.Arbitrary<GeneratedCase> {
  return arbitraryMapping().chain((mapping) =>
    arbitraryDocumentFor(mapping).map((document) => ({ document, mapping })),
  );
}
