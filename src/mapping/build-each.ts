import type { TableDraft } from './build-table.ts';
import type { ColumnMapping, DocumentPath, EachElement } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import type { WrittenTable } from './mapping-schema.ts';
import { parsePath } from './parse-path.ts';
import { safeName } from './safe-name.ts';

/** What the child side of a table has to know. */
interface EachPlace {
  readonly file: MappingFile;
  /** Path of the table in the file. */
  readonly path: FilePath;
  readonly columns: readonly ColumnMapping[];
  isBroken(column: string): boolean;
  columnPath(column: string): FilePath;
  readonly parent: TableDraft | undefined;
}

/**
 * Completes what makes a table a child table, and reports a path that is none and a key that does not begin with the
 * parent's.
 * @returns undefined for a root table
 */
export function buildEach(written: WrittenTable, place: EachPlace): EachElement | undefined {
  const { each, mismatch = 'reject' } = written;
  if (each === undefined) return undefined;
  const { parent } = place;
  checkParentReferences(place);
  return {
    parent: parent?.table.name ?? '',
    path: readPath(each, place),
    parentKey: parent === undefined ? [] : readParentKey(written.key, parent, place),
    mismatch,
  };
}

/** True when a column's foreign key already says that the row has a parent. */
export function refersToParent(
  { parentKey }: EachElement,
  columns: readonly ColumnMapping[],
  parent: TableDraft | undefined,
): boolean {
  const [key, ...more] = parentKey;
  if (key === undefined || more.length > 0 || parent === undefined) return false;
  const references = columns.find(({ name }) => name === key)?.references;
  return references?.table === parent.table.name && references.column === parent.table.key[0];
}

function readPath(each: string, { file, path, parent }: EachPlace): DocumentPath | readonly [] {
  const at = [...path, 'each'];
  if (each === '$item') {
    if (parent !== undefined && parent.table.each === undefined) {
      file.report(
        at,
        `"each: $item" needs a child table as parent: a document, as in "${parent.table.name}", is no array`,
      );
    }
    return [];
  }
  if (each.startsWith('$') || each.startsWith('^')) {
    file.report(
      at,
      `"each" is the path of an array, or $item; a field of the name "${each}" is written in quotes: '"${each}"'`,
    );
    return [];
  }
  const parsed = parsePath(each);
  if ('path' in parsed) return parsed.path;
  file.report(at, parsed.problem);
  return [];
}

/** The first columns of the key, which have to hold the parent's key. */
function readParentKey(
  key: readonly string[],
  parent: TableDraft,
  { file, path, columns, isBroken }: EachPlace,
): readonly string[] {
  const wanted = parent.table.key;
  for (const [i, ofParent] of wanted.entries()) {
    const name = key[i];
    if (name !== undefined && isBroken(name)) continue;
    const column = columns.find((candidate) => candidate.name === safeName(name ?? ''));
    if (name !== undefined && (column === undefined || takes(column, ofParent))) continue;
    const right = columns.find((candidate) => takes(candidate, ofParent))?.name;
    const which = right === undefined ? `a column with from: ^${ofParent}` : `"${right}"`;
    const problem = `the key begins with the key of the parent "${parent.table.name}": here must stand ${which}`;
    file.report(name === undefined ? [...path, 'key'] : [...path, 'key', i], problem);
    break;
  }
  if (key.length === wanted.length) {
    const problem =
      "the key of a child table has more columns than the parent's, such as one from $index: an array has many elements";
    file.report([...path, 'key'], problem);
  }
  return key.slice(0, wanted.length).map(safeName);
}

const takes = ({ from }: ColumnMapping, ofParent: string): boolean =>
  from[0]?.kind === 'parent' && from[0].column === ofParent;

/** A child row always has its parent, so that a reference to it cannot have orphans. */
function checkParentReferences({ file, columns, columnPath, parent }: EachPlace): void {
  for (const { name, from, references, required } of columns) {
    const [source] = from;
    if (source?.kind !== 'parent' || references === undefined) continue;
    const isOwnParent = references.table === parent?.table.name && references.column === source.column;
    // A column that is required cannot be null anyway, which is reported as that.
    const isReported = references.orphans === 'null' && required;
    if (!isOwnParent || references.orphans === 'reject' || isReported) continue;
    const problem = 'a child row always has its parent; leave "orphans" out';
    file.report([...columnPath(name), 'orphans'], problem, 'key');
  }
}
