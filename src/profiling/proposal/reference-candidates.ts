import type { CollectionProfile } from '../profile.ts';
import { nameOf, singular } from './column-name.ts';
import { fitsBtree } from './indexed-size.ts';
import type { ProposedCollection, ProposedColumn, ProposedTable } from './proposal.ts';
import type { ValueClass } from './value-hash.ts';

/** A collection as it was seen, with what is proposed for it. */
export interface ProfiledProposal {
  readonly profile: CollectionProfile;
  readonly proposal: ProposedCollection;
}

/** A column that others may refer to: the key of a root table, or one that looks like a key. */
export interface ReferenceTarget {
  readonly owner: ProfiledProposal;
  readonly table: ProposedTable;
  readonly column: ProposedColumn;
  readonly kind: ValueClass;
  readonly isKey: boolean;
}

/** A column that may refer to some of them. */
export interface ReferenceCandidate {
  readonly owner: ProfiledProposal;
  readonly table: ProposedTable;
  readonly column: ProposedColumn;
  readonly kind: ValueClass;
  readonly targets: readonly ReferenceTarget[];
}

/** How the values of a column are compared; undefined where it cannot be a reference. */
export function classOf({ choice }: ProposedColumn): ValueClass | undefined {
  if (choice === undefined) return undefined;
  const { type, convert } = choice;
  if (type === 'text') return convert === undefined || convert === 'hex' ? 'text' : undefined;
  if (type === 'uuid') return convert === undefined ? 'uuid' : undefined;
  return type === 'integer' || type === 'bigint' ? 'integer' : undefined;
}

/** The columns that may refer to others, with what they may refer to, from types and names alone. */
export function referenceCandidates(all: readonly ProfiledProposal[]): readonly ReferenceCandidate[] {
  const targets = all.flatMap(targetsOf);
  return all.flatMap((owner) =>
    owner.proposal.tables.flatMap((table) =>
      table.columns.flatMap((column) => {
        const kind = classOf(column);
        if (
          kind === undefined ||
          column.value === undefined ||
          (table.parent === undefined && column.from === '_id')
        ) {
          return [];
        }
        const own = targets.filter((target) => target.column !== column && mayPoint(column, kind, target));
        return own.length === 0 ? [] : [{ owner, table, column, kind, targets: own }];
      }),
    ),
  );
}

function targetsOf(owner: ProfiledProposal): readonly ReferenceTarget[] {
  const { profile, proposal } = owner;
  const [table] = proposal.tables;
  if (table === undefined) return [];
  const uniquePaths = new Set(
    profile.description.indexes
      .filter(({ isUnique, keys }) => isUnique && keys.length === 1)
      .map(({ keys }) => keys[0]?.path),
  );
  const own = `${singular(nameOf([profile.name], 'snake'))}_`;
  return table.columns.flatMap((column) => {
    const kind = classOf(column);
    if (kind === undefined || column.value === undefined || column.path?.length !== 1) return [];
    const isKey = column.from === '_id';
    const bare = nameOf(column.path, 'snake');
    const isLikeKey =
      /^(?:id|uuid|guid|key|code|slug)$/.test(bare) ||
      bare === `${own}id` ||
      bare === `${own}uuid` ||
      uniquePaths.has(column.path[0]);
    return isKey || (isLikeKey && fitsBtree([column])) ? [{ owner, table, column, kind, isKey }] : [];
  });
}

function mayPoint(column: ProposedColumn, kind: ValueClass, target: ReferenceTarget): boolean {
  if (kind !== target.kind) return false;
  if (kind === 'uuid') return true;
  const isNamed = namesTarget(column, target);
  if (kind === 'integer') return isNamed;
  const isObjectId = (one: ProposedColumn): boolean =>
    one.choice?.convert === 'hex' ||
    (one.value?.strings !== undefined && one.value.strings.objectIds === one.value.strings.count);
  if (isObjectId(column) !== isObjectId(target.column)) return false;
  return isObjectId(column) || isNamed;
}

/** Whether a column's name speaks of the target: `author_id` or `author` of `authors`, `parent_id` of itself. */
export function namesTarget({ path }: ProposedColumn, { owner, column }: ReferenceTarget): boolean {
  // Words that SQL reserves, such as `user`, have a `_` behind them.
  const words = (path ?? []).map((key) =>
    nameOf([key], 'snake').replace(/_?(?:id|ids|uuid|guid|oid|ref|key|code|slug)$|_$/, ''),
  );
  const word = words.filter((one) => one !== '').at(-1) ?? '';
  const last = nameOf((path ?? []).slice(-1), 'snake');
  const collection = singular(nameOf([owner.profile.name], 'snake'));
  if (word === '') return false;
  if (/(?:^|_)parent$/.test(word)) return true;
  const one = singular(word);
  return (
    one === collection ||
    one.endsWith(`_${collection}`) ||
    collection.endsWith(`_${one}`) ||
    (last === nameOf(column.path ?? [], 'snake') && /_(?:id|uuid|key|code)$/.test(last))
  );
}
