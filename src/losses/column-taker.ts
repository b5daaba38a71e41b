import { bsonType } from '../bson/bson-type.ts';
import { valueEnd } from '../bson/value-end.ts';
import type { CollectionMapping, ColumnMapping } from '../mapping/mapping.ts';
import { columnLosses } from './column-losses.ts';
import { type LossSet, loss, noLoss } from './loss-kind.ts';
import type { TableLosses } from './table-losses.ts';
import type { TablePaths, TakenPath } from './table-paths.ts';
import { valueFate } from './value-fate.ts';

/** Claims for one column what it keeps of the fields that were found. */
export type Taker = (row: TableLosses, bytes: Buffer, view: DataView) => void;

type Source =
  | { readonly kind: 'path' | 'item'; readonly taken: TakenPath }
  | { readonly kind: 'id-time' | 'run-time' };

/** Undefined for a column that takes nothing of the document. */
export function compileTaker(
  column: ColumnMapping,
  paths: TablePaths,
  duplicates: CollectionMapping['duplicates'],
  isRoot: boolean,
): Taker | undefined {
  const sources = column.from.flatMap((source): Source[] => {
    if (source.kind === 'path') return [{ kind: 'path', taken: paths.takenAt(source.path) }];
    if (source.kind === 'item') return [{ kind: 'item', taken: paths.takenAt([]) }];
    return source.kind === 'id-time' || source.kind === 'run-time' ? [{ kind: source.kind }] : [];
  });
  const places = sources.flatMap((source) => ('taken' in source ? [source.taken] : []));
  const first = places[0];
  if (first === undefined) return undefined;
  const idPlace = isRoot ? paths.root.children.get('_id')?.taken : undefined;
  const takeValue = valueTaker(column, duplicates, idPlace, first);
  const fills = column.default !== undefined && column.default !== null;
  const isComputed = column.transform !== undefined;

  return (row, bytes, view) => {
    const winner = winningSource(sources, column.skipNull, row);
    if (winner === undefined) {
      if (!isComputed) row.claim(first, fills && row.blocked[first.slot] === 0 ? loss('filled-in') : noLoss);
      return;
    }
    const winning = 'taken' in winner ? winner.taken : undefined;
    if (winning !== undefined) row.won[winning.slot] = 1;
    if (winning !== first && row.types[first.slot] === 0 && !isComputed) row.claim(first, loss('filled-in'));
    for (const place of places) {
      if (row.types[place.slot] === 0) continue;
      if (place === winning) takeValue(row, place, bytes, view);
      else if (isDropped(row, place, winning, bytes, view)) {
        if (place !== idPlace) row.claim(place, loss('other-path'));
      } else if (place !== idPlace) row.lost.push(place);
    }
  };
}

/** The first source that is there; with `skipNull` the first that is not null, and the first when all are null. */
function winningSource(sources: readonly Source[], skipNull: boolean, row: TableLosses): Source | undefined {
  let first: Source | undefined;
  for (const source of sources) {
    if (source.kind === 'run-time') return source;
    if (source.kind === 'id-time' && row.idType === bsonType.objectId) return source;
    if (!('taken' in source)) continue;
    const type = row.types[source.taken.slot];
    if (type === 0) continue;
    if (!skipNull || type !== bsonType.null) return source;
    first ??= source;
  }
  return first;
}

/** A losing source leaves no trace when it is null, or the same as the one that won. */
function isDropped(
  row: TableLosses,
  place: TakenPath,
  winning: TakenPath | undefined,
  bytes: Buffer,
  view: DataView,
): boolean {
  const type = row.types[place.slot]!;
  if (type === bsonType.null) return true;
  if (winning === undefined || row.types[winning.slot] !== type) return false;
  const [a, b] = [row.offsets[place.slot]!, row.offsets[winning.slot]!];
  const aEnd = valueEnd(type, bytes, view, a, bytes.length);
  const bEnd = valueEnd(type, bytes, view, b, bytes.length);
  return aEnd - a === bEnd - b && bytes.compare(bytes, b, bEnd, a, aEnd) === 0;
}

/** Claims the value that the column took. */
function valueTaker(
  column: ColumnMapping,
  duplicates: CollectionMapping['duplicates'],
  idPlace: TakenPath | undefined,
  first: TakenPath,
): (row: TableLosses, place: TakenPath, bytes: Buffer, view: DataView) => void {
  const find = columnLosses(column);
  const fateOf = valueFate(column, duplicates);
  const ofNull = nullLosses(column);
  const isItem = column.from.some(({ kind }) => kind === 'item');
  const takesNullId = (column.convert === 'ejson' || column.convert === 'uuidv5') && !column.nullDefault;
  return (row, place, bytes, view) => {
    const type = row.types[place.slot]!;
    const at = row.offsets[place.slot]!;
    const fromOther = place === first ? noLoss : loss('other-path');
    if (column.transform !== undefined) row.claim(place, loss('computed'));
    else if (type === bsonType.null) {
      const isNullId = place === idPlace && takesNullId;
      const losses = isNullId
        ? column.convert === 'ejson'
          ? noLoss
          : loss('hashed')
        : isItem
          ? ofNull & loss('filled-in')
          : ofNull;
      row.claim(place, losses | fromOther);
    } else {
      const fate = fateOf(type, bytes, view, at);
      if (fate === 'nowhere') row.claim(place, loss('mismatch-null'));
      else if (fate === 'rest') row.claimLeftOver(place, bytes, view);
      else if (isHashed(column, type)) row.claim(place, fromOther | loss('hashed'));
      else row.claim(place, fromOther, (sink) => find(type, bytes, view, at, place.path, sink));
    }
  };
}

/** Of a document or an array nothing at all is left. */
const isHashed = ({ convert }: ColumnMapping, type: number): boolean =>
  convert === 'uuidv5' && (type === bsonType.document || type === bsonType.array);

/** Null becomes SQL NULL, which stands for a missing field; with a default that is written for missing ones it cannot. */
function nullLosses(column: ColumnMapping): LossSet {
  const hasDefault = column.default !== undefined && column.default !== null;
  if (hasDefault) return column.nullDefault ? loss('filled-in') : noLoss;
  return loss('null-as-missing');
}
