import { countText } from './count-text.ts';
import type { FoundReference } from './find-references.ts';
import type { ProposedColumn } from './proposal.ts';
import { everyValue } from './propose-json.ts';
import type { ProfiledProposal } from './reference-candidates.ts';

const maxInt32 = 2n ** 31n - 1n;

/**
 * Writes references into a proposal: a foreign key where every value exists, else a reference that allows orphans, so
 * that no document is set aside for it. Types of both sides are made alike.
 */
export function applyReferences(references: readonly FoundReference[]): void {
  const referredTo = new Set<ProposedColumn>();
  for (const found of references) {
    const { column, table, target, values, existing, isExact, owner } = found;
    if (!makeAlike(column, target.column, referredTo)) continue;
    referredTo.add(target.column);
    if (!target.isKey) target.column.isUnique = true;
    const isEnforced = existing === values && isExact && isWhole(owner) && isWhole(target.owner);
    column.references = { table: target.table.name, column: target.column.name, allowOrphans: !isEnforced };
    const share = existing === values ? '100 %' : `${shareText(existing / values)} %`;
    column.notes.push(
      `${isExact ? '' : 'of a sample: '}${share} of ${countText(values)} exist in ${target.table.name}.${target.column.name}${isEnforced ? '' : why(found)}`,
    );
    if (existing < values) {
      owner.proposal.decisions.push({
        table: table.name,
        column: column.name,
        text: `${countText(values - existing)} of ${countText(values)} values do not exist in ${target.table.name}.${target.column.name}; \`orphans\` allows them`,
      });
    }
  }
}

const shareText = (share: number): string => (Math.floor(share * 1000) / 10).toFixed(1);

function why({ existing, values }: FoundReference): string {
  return existing < values
    ? '; `orphans: reject` would set the others aside'
    : '; no foreign key, since not all was seen';
}

/** True when all documents were seen and none of them will be set aside, as far as can be known. */
function isWhole({ profile, proposal }: ProfiledProposal): boolean {
  return (
    !profile.isSample &&
    profile.damagedDocuments === 0 &&
    profile.duplicateKeyDocuments === 0 &&
    proposal.tables[0] !== undefined &&
    profile.root.fields.every(
      ({ isBrokenKey, value }) =>
        !isBrokenKey && everyValue(value, ({ strings }) => (strings?.notUtf8 ?? 0) === 0),
    )
  );
}

/** A foreign key wants one type on both sides: a column becomes what it refers to, where its values fit that. */
function makeAlike(
  column: ProposedColumn,
  target: ProposedColumn,
  referredTo: ReadonlySet<ProposedColumn>,
): boolean {
  if (column.choice === undefined || target.choice === undefined) return false;
  const { type } = target.choice;
  if (column.choice.type === type) return true;
  if (referredTo.has(column)) return false;
  const { min, max } = column.value?.integers ?? { min: 0n, max: 0n };
  if (type === 'integer' && (min < -maxInt32 - 1n || max > maxInt32)) return false;
  column.choice = { ...column.choice, type };
  return true;
}
