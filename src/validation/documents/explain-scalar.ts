import type { LossKind } from '../../losses/loss-kind.ts';
import type { ScalarTree } from './bson-tree.ts';
import { isDenoted } from './denoted-value.ts';
import { isNegativeZero, isSameNumber, numberTypes } from './same-number.ts';

/**
 * Whether the kinds of loss that are declared at a place explain that `original` reads back as `read`, which is not the
 * same. Each kind explains its own sort of change and no other.
 */
export function isScalarExplained(
  original: ScalarTree,
  read: ScalarTree,
  kinds: ReadonlySet<LossKind>,
): boolean {
  if (kinds.has('nul-stripped') && `${original.text}${original.more}`.includes('\0')) {
    const stripped = { ...original, text: original.text.replaceAll('\0', '') };
    const withoutMore =
      original.more === undefined ? stripped : { ...stripped, more: original.more.replaceAll('\0', '') };
    return isSame(withoutMore, read) || isScalarExplained(withoutMore, read, kinds);
  }
  if (numberTypes.has(original.type) && numberTypes.has(read.type))
    return isNumberExplained(original, read, kinds);
  if (original.type === 'binary' && read.type === 'binary') {
    return kinds.has('binary-subtype') && original.text === read.text;
  }
  if (kinds.has('binary-subtype') && isScalarBytes(original, read)) return true;
  // docs/losses.md: a date in double precision counts as another number type.
  const changes = kinds.has('type-changed') || (original.type === 'date' && kinds.has('number-type'));
  return changes && isDenoted(original, read) && isIncrementExplained(original, read, kinds);
}

const isSame = (a: ScalarTree, b: ScalarTree): boolean =>
  a.type === b.type && a.text === b.text && a.subtype === b.subtype && a.more === b.more;

const isScalarBytes = (original: ScalarTree, read: ScalarTree): boolean =>
  original.type === 'objectId' && read.type === 'binary' && original.text === read.text;

function isNumberExplained(original: ScalarTree, read: ScalarTree, kinds: ReadonlySet<LossKind>): boolean {
  if (!isSameNumber(original, read)) return false;
  if (isNegativeZero(original) && !isNegativeZero(read) && !kinds.has('negative-zero')) return false;
  if (original.type === read.type) {
    return (
      kinds.has('decimal-form') ||
      kinds.has('number-type') ||
      (kinds.has('negative-zero') && isNegativeZero(original))
    );
  }
  const areIntegers = original.type.startsWith('int') && read.type.startsWith('int');
  return kinds.has('number-type') || (areIntegers && kinds.has('integer-width'));
}

/** What a timestamp in timestamptz loses is declared apart, where there is something to lose. */
const isIncrementExplained = (
  original: ScalarTree,
  read: ScalarTree,
  kinds: ReadonlySet<LossKind>,
): boolean =>
  original.type !== 'timestamp' ||
  read.type !== 'date' ||
  original.more === '0' ||
  kinds.has('timestamp-increment');
