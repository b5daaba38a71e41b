import type { SourceIndex } from '../../source/document-source.ts';
import type { CollectionProfile } from '../profile.ts';
import { countText, quoted } from './count-text.ts';
import type { UniqueCheck } from './find-references.ts';
import type { FreeNames } from './free-names.ts';
import { translateFilter } from './index-filter.ts';
import { fitsBtree, fitsGin } from './indexed-size.ts';
import { eachElement, type ProposedCollection, type ProposedColumn, type ProposedTable } from './proposal.ts';
import { classOf, type ProfiledProposal } from './reference-candidates.ts';

interface Place {
  readonly table: ProposedTable;
  readonly column: ProposedColumn;
}

/** The column that holds what stands under a dotted path of MongoDB, which does not tell arrays from documents. */
function findPlace({ tables }: ProposedCollection, path: string): Place | undefined {
  for (const table of tables) {
    const column = table.columns.find(
      (one) => one.path !== undefined && dotted([...table.steps, ...one.path]) === path,
    );
    if (column !== undefined) return { table, column };
  }
  return undefined;
}

const dotted = (steps: readonly (string | typeof eachElement)[]): string =>
  steps.filter((step) => step !== eachElement).join('.');

/** The unique indexes of the source whose uniqueness can be seen in the data, once it is in columns. */
export function uniqueChecks(
  owner: ProfiledProposal,
): readonly (UniqueCheck & { readonly index: SourceIndex })[] {
  const [root] = owner.proposal.tables;
  return owner.profile.description.indexes.flatMap((index) => {
    if (!index.isUnique || isIdIndex(index)) return [];
    const columns = index.keys.flatMap(({ path }) => {
      const place = findPlace(owner.proposal, path);
      const kind = place && place.table === root ? classOf(place.column) : undefined;
      return place?.column.path === undefined || kind === undefined
        ? []
        : [{ steps: place.column.path, kind }];
    });
    return columns.length === index.keys.length ? [{ owner, columns, index }] : [];
  });
}

const isIdIndex = ({ keys }: SourceIndex): boolean => keys.length === 1 && keys[0]?.path === '_id';

/**
 * Translates the source's indexes into a proposal. What cannot be said as an index of a mapping, or could fail on the
 * data, becomes a comment with what to do instead.
 * @param unique those whose values are unique, of all documents
 */
export function proposeIndexes(
  { description }: CollectionProfile,
  proposal: ProposedCollection,
  unique: ReadonlySet<SourceIndex>,
  relations: FreeNames,
): void {
  for (const index of description.indexes) {
    if (!isIdIndex(index)) proposeIndex(index, proposal, unique.has(index), relations);
  }
  for (const table of proposal.tables) {
    for (const column of table.columns) {
      if (column.references === undefined || column.references.allowOrphans || column.isUnique) continue;
      add(table, [column], { relations, evidence: 'for the foreign key' });
    }
  }
}

function proposeIndex(
  index: SourceIndex,
  proposal: ProposedCollection,
  isUnique: boolean,
  relations: FreeNames,
): void {
  const [root] = proposal.tables;
  if (root === undefined) return;
  const places = index.keys.map(({ path }) => findPlace(proposal, path));
  const columns = places.flatMap((place) => (place === undefined ? [] : [place.column]));
  const table = places.find((place) => place !== undefined)?.table ?? root;
  const reason = reasonAgainst(index, places, table, columns);
  if (reason !== undefined) {
    table.indexNotes.push(...`${quoted(index.name)}: ${reason}`.split('\n'));
    return;
  }
  if (index.expireAfterSeconds !== undefined) noteExpiry(table, columns, index);
  const notes = [quoted(index.name)];
  let where: string | undefined;
  if (index.partialFilter !== undefined) {
    where = translateFilter(index.partialFilter, (path) => {
      const place = findPlace(proposal, path);
      return place?.table === table ? place.column : undefined;
    });
    if (where === undefined) notes.push('its filter is not translated: all rows are in it');
  }
  if (index.collation !== undefined) notes.push(`collation ${quoted(index.collation)} is not translated`);
  const method = methodOf(index, columns);
  const staysUnique =
    isUnique &&
    table === root &&
    method === 'btree' &&
    (index.partialFilter === undefined || where !== undefined);
  if (index.isUnique && !staysUnique)
    notes.push('unique in MongoDB; not here, where the data does not show it');
  add(table, columns, { relations, evidence: notes.join('; '), method, isUnique: staysUnique, where });
}

/** Why an index is not translated, and what to do instead, in lines; undefined where it is. */
function reasonAgainst(
  { keys }: SourceIndex,
  places: readonly (Place | undefined)[],
  table: ProposedTable,
  columns: readonly ProposedColumn[],
): string | undefined {
  const kinds = keys.map(({ kind }) => kind);
  if (kinds.includes('text')) return textIndex(table, columns);
  const geo = kinds.find((kind) => kind === '2dsphere' || kind === '2d' || kind === 'geoHaystack');
  if (geo !== undefined) return `a ${geo} index; PostGIS has gist (geography) for this`;
  if (keys.some(({ path }) => path.includes('$**'))) {
    return 'a wildcard index; `{ columns: [extra], method: gin }` searches the rest column';
  }
  const lost = keys.filter((_, i) => places[i] === undefined).map(({ path }) => quoted(path));
  if (lost.length > 0) return `${lost.join(', ')} ${lost.length === 1 ? 'has' : 'have'} no column alone`;
  if (places.some((place) => place?.table !== table)) return 'its fields are in different tables';
  const fits =
    methodOf({ keys }, columns) === 'gin'
      ? fitsGin(columns[0])
      : methodOf({ keys }, columns) === 'hash' || fitsBtree(columns);
  return fits ? undefined : 'its values are too long for an index, or not of one type';
}

function methodOf(
  { keys }: Pick<SourceIndex, 'keys'>,
  columns: readonly ProposedColumn[],
): 'btree' | 'hash' | 'gin' {
  const [column] = columns;
  if (column === undefined || columns.length > 1) return 'btree';
  if (isArray(column) || column.choice?.type === 'jsonb') return 'gin';
  return keys[0]?.kind === 'hashed' ? 'hash' : 'btree';
}

const isArray = (column: ProposedColumn | undefined): boolean => column?.choice?.type.endsWith('[]') ?? false;

interface IndexParts {
  readonly relations: FreeNames;
  readonly evidence: string;
  readonly method?: 'btree' | 'hash' | 'gin';
  readonly isUnique?: boolean;
  readonly where?: string | undefined;
}

/** Adds an index, unless one like it is there; with a name of its own where the usual one is taken. */
function add(table: ProposedTable, columns: readonly ProposedColumn[], parts: IndexParts): void {
  const { relations, evidence, method = 'btree', isUnique = false, where } = parts;
  const names = columns.map(({ name }) => name);
  if (new Set(names).size < names.length) return;
  // The column says so itself, since others refer to it.
  if (isUnique && where === undefined && columns.length === 1 && columns[0]!.isUnique) return;
  const isThere = (one: { columns: readonly string[]; method: string; where: string | undefined }): boolean =>
    one.method === method && one.where === where && names.every((name, i) => one.columns[i] === name);
  if (!isUnique && table.indexes.some((one) => isThere(one))) return;
  const usual = `${table.name}_${names.join('_')}_idx`;
  const name = relations.has(usual)
    ? relations.take(`${table.name}_${names.join('_')}_${method}_idx`)
    : undefined;
  if (name === undefined) relations.take(usual);
  table.indexes.push({ columns: names, isUnique, method, where, name, evidence });
}

function textIndex(table: ProposedTable, columns: readonly ProposedColumn[]): string {
  const texts = columns.filter(({ choice }) => choice?.type === 'text');
  if (texts.length === 0) return 'a text index on what has no text column of its own';
  const document = texts.map(({ name }) => `coalesce("${name}", '')`).join(` || ' ' || `);
  return `a text index; to be made after the load:\n  create index on "${table.name}" using gin (to_tsvector('simple', ${document}))`;
}

function noteExpiry(
  table: ProposedTable,
  [column]: readonly ProposedColumn[],
  { name, expireAfterSeconds = 0 }: SourceIndex,
): void {
  if (column?.choice?.type !== 'timestamptz') return;
  table.indexNotes.push(
    `${quoted(name)} deletes documents after ${countText(expireAfterSeconds)} s; PostgreSQL needs a job for this, such as:`,
    `  delete from "${table.name}" where "${column.name}" < now() - interval '${expireAfterSeconds} seconds'`,
  );
}
