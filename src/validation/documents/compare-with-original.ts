import type { LossKind } from '../../losses/loss-kind.ts';
import {
  type ArrayTree,
  type BsonTree,
  type CodeTree,
  type DocumentTree,
  fieldOf,
  isSameTree,
} from './bson-tree.ts';
import { isScalar } from './denoted-value.ts';
import { isScalarExplained } from './explain-scalar.ts';
import type { RebuiltNode } from './rebuild-document.ts';
import {
  fieldView,
  hasOrderOf,
  hasSameKeys,
  isBare,
  isMissingElsewhere,
  isSaidMissing,
  type Others,
  treeOfNode,
  type View,
} from './rebuilt-view.ts';

/** What does not come back as it was although no loss of it is declared. */
export interface RebuildProblem {
  /** Keys joined by dots, without array positions, as declared losses have it. */
  readonly path: string;
  /** The same with array positions. */
  readonly place: string;
  /** Undefined where there was nothing. */
  readonly original: BsonTree | undefined;
  /** Undefined where nothing comes back. */
  readonly rebuilt: BsonTree | undefined;
}

/** Where something stands, without and with array positions. */
interface Place {
  readonly path: readonly string[];
  readonly place: readonly (string | number)[];
}

/** Kinds by which nothing of a value is left that leads back to it. Whether the column has what it should is seen elsewhere. */
const wholeKinds: readonly LossKind[] = ['computed', 'hashed', 'mismatch-null', 'other-path', 'unmapped'];

const hasWholeKind = (kinds: ReadonlySet<LossKind>): boolean => wholeKinds.some((kind) => kinds.has(kind));

/** Whether a value comes back, its loss is declared, or neither. */
type Verdict = 'same' | 'lost' | 'wrong';

const none: ReadonlySet<LossKind> = new Set();

/**
 * Compares a document with what its rows say, field by field and element by element: type and value. Of several columns
 * that hold a place one that has it exactly is enough. What differs must be explained by a kind of loss that is declared
 * for this document at this path, and each kind explains its own sort of change alone.
 */
export class OriginalComparison {
  readonly problems: RebuildProblem[] = [];
  /** Something differs, and all of it is declared. */
  hasLoss = false;
  readonly #kinds: ReadonlyMap<string, ReadonlySet<LossKind>>;

  /** @param kinds declared losses of this document, by path */
  constructor(kinds: ReadonlyMap<string, ReadonlySet<LossKind>>) {
    this.#kinds = kinds;
  }

  compare(original: DocumentTree, rebuilt: RebuiltNode): void {
    this.#check(original, { trees: [], nodes: [rebuilt] }, { path: [], place: [] });
  }

  #check(original: BsonTree, { trees: given, nodes }: View, at: Place): void {
    const view = { trees: [...given, ...nodes.flatMap(({ holders }) => holders)], nodes };
    const verdict = this.#judge(original, view, at);
    if (verdict === 'lost') this.hasLoss = true;
    if (verdict === 'wrong') this.#report(original, view, at);
  }

  #judge(original: BsonTree, view: View, at: Place): Verdict {
    const { trees, nodes } = view;
    if (trees.some((tree) => isSameTree(tree, original)) || isBare(original, trees, nodes)) return 'same';
    const kinds = this.#kindsAt(at);
    if (hasWholeKind(kinds)) return 'lost';
    switch (original.type) {
      case 'document':
        return this.#judgeDocument(original, view, kinds, at);
      case 'array':
        return this.#judgeArray(original, view, kinds, at);
      case 'codeWithScope':
        return this.#judgeCode(original, view, kinds, at);
      case 'null': {
        const comesBackMissing = trees.length === 0 || isSaidMissing(nodes);
        if (comesBackMissing && kinds.has('null-as-missing')) return 'lost';
        return trees.length > 0 && kinds.has('filled-in') ? 'lost' : 'wrong';
      }
      default:
        return trees.some((tree) => isScalar(tree) && isScalarExplained(original, tree, kinds))
          ? 'lost'
          : 'wrong';
    }
  }

  #judgeDocument(
    original: DocumentTree,
    { trees, nodes }: View,
    kinds: ReadonlySet<LossKind>,
    at: Place,
  ): Verdict {
    if (kinds.has('extended-json-key') && trees.some(({ type }) => type !== 'document')) return 'lost';
    if (original.fields.length === 0) {
      return kinds.has('empty-document') && trees.length === 0 ? 'lost' : 'wrong';
    }
    const documents = trees.filter((tree) => tree.type === 'document');
    const parts = nodes.filter(({ isRow, isDocument, children }) => isRow || isDocument || children.size > 0);
    const keys = [...new Set(original.fields.map(([key]) => key).reverse())].reverse();
    if (keys.length < original.fields.length) {
      const twin = documents.find((document) => hasSameKeys(document, original));
      if (twin !== undefined) {
        this.#checkInTurn(original, twin, { documents, parts }, at);
        return 'same';
      }
      this.#checkDuplicates(original, keys, kinds, at);
    }
    for (const key of keys) {
      const value = fieldOf(original, key)!;
      this.#check(value, fieldView({ documents, parts }, key), below(at, key));
    }
    const known = new Set(keys);
    for (const part of parts) this.#checkExtra(part, known, at, { documents, parts });
    // The order of fields that are columns is nobody's.
    const hasOrder = documents.length > 0 && parts.length === 0;
    if (!hasOrder || documents.some((document) => hasOrderOf(document, keys))) return 'same';
    return kinds.has('key-order') ? 'lost' : 'wrong';
  }

  /** Where keys stand twice on both sides. The last one may be elsewhere, too. */
  #checkInTurn(original: DocumentTree, twin: DocumentTree, others: Others, at: Place): void {
    const lastOfKey = new Map(original.fields.map(([key], index) => [key, index]));
    for (const [index, [key, value]] of original.fields.entries()) {
      const isLast = lastOfKey.get(key) === index;
      const { trees, nodes } = isLast ? fieldView(others, key) : { trees: [], nodes: [] };
      this.#check(value, { trees: [twin.fields[index]![1], ...trees], nodes }, below(at, key));
    }
  }

  /** Of a key that is there twice the last value counts. */
  #checkDuplicates(
    { fields }: DocumentTree,
    keys: readonly string[],
    kinds: ReadonlySet<LossKind>,
    at: Place,
  ): void {
    const first = new Map([...fields].reverse());
    const times = new Map<string, number>();
    for (const [key] of fields) times.set(key, (times.get(key) ?? 0) + 1);
    for (const key of keys) {
      if (times.get(key) === 1) continue;
      const inside = below(at, key);
      const ofField = this.#kindsAt(inside);
      const isDeclared = kinds.has('duplicate-key') || ofField.has('duplicate-key') || hasWholeKind(ofField);
      if (isDeclared) this.hasLoss = true;
      else this.#report(first.get(key), { trees: [], nodes: [] }, inside);
    }
  }

  /** Looks for values at paths where the document has nothing, and where nothing else says so. */
  #checkExtra(part: RebuiltNode, keys: ReadonlySet<string>, at: Place, others: Others): void {
    for (const [key, child] of part.children) {
      if (keys.has(key) || isMissingElsewhere(part, key, others)) continue;
      this.#checkExtraValue(child, below(at, key));
    }
  }

  #checkExtraValue(node: RebuiltNode, at: Place): void {
    if (node.holders.length > 0 && !node.isSaidMissing) {
      const kinds = this.#kindsAt(at);
      if (kinds.has('filled-in') || hasWholeKind(kinds)) this.hasLoss = true;
      else this.#report(undefined, { trees: node.holders, nodes: [] }, at);
    }
    if (node.lists.length > 0) this.#report(undefined, { trees: [], nodes: [node] }, at);
    for (const [key, child] of node.children) this.#checkExtraValue(child, below(at, key));
  }

  #judgeArray(original: ArrayTree, { trees, nodes }: View, kinds: ReadonlySet<LossKind>, at: Place): Verdict {
    const { length } = original.items;
    const arrays = trees.filter(
      (tree) => tree.type === 'array' && tree.items.length === length,
    ) as ArrayTree[];
    const lists = nodes.flatMap((node) => node.lists.filter((list) => list.length === length));
    if (lists.length === 0 && arrays.length === 0) {
      const comesBackMissing = trees.length === 0 || isSaidMissing(nodes);
      return length === 0 && comesBackMissing && kinds.has('empty-array') ? 'lost' : 'wrong';
    }
    if (original.oddKeys !== undefined && !kinds.has('array-keys')) return 'wrong';
    for (const [index, item] of original.items.entries()) {
      const view = {
        trees: arrays.flatMap(({ items }) => items[index] ?? []),
        nodes: lists.flatMap((list) => list[index] ?? []),
      };
      this.#check(item, view, { path: at.path, place: [...at.place, index] });
    }
    return original.oddKeys !== undefined || kinds.has('element-order') ? 'lost' : 'same';
  }

  #judgeCode(original: CodeTree, { trees }: View, kinds: ReadonlySet<LossKind>, at: Place): Verdict {
    const codes = trees.filter((tree) => tree.type === 'codeWithScope');
    const stripped = original.code.replaceAll('\0', '');
    const isSame = codes.some(({ code }) => code === original.code);
    const isStripped = kinds.has('nul-stripped') && codes.some(({ code }) => code === stripped);
    if (!isSame && !isStripped) return 'wrong';
    this.#check(original.scope, { trees: codes.map(({ scope }) => scope), nodes: [] }, at);
    return isSame ? 'same' : 'lost';
  }

  #kindsAt({ path }: Place): ReadonlySet<LossKind> {
    return this.#kinds.get(path.join('.')) ?? this.#kinds.get('*') ?? none;
  }

  #report(original: BsonTree | undefined, { trees, nodes }: View, { path, place }: Place): void {
    const rebuilt = trees[0] ?? nodes.flatMap((node) => treeOfNode(node) ?? [])[0];
    this.problems.push({ path: path.join('.'), place: place.join('.'), original, rebuilt });
  }
}

const below = ({ path, place }: Place, key: string): Place => ({
  path: [...path, key],
  place: [...place, key],
});
