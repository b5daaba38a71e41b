import { type BsonTree, type DocumentTree, fieldOf } from './bson-tree.ts';
import type { RebuiltNode } from './rebuild-document.ts';

/** All that the rows say about one place. */
export interface View {
  readonly trees: readonly BsonTree[];
  readonly nodes: readonly RebuiltNode[];
}

/** The places that hold one document. */
export interface Others {
  readonly documents: readonly DocumentTree[];
  readonly parts: readonly RebuiltNode[];
}

/** What they say about one of its fields. */
export const fieldView = ({ documents, parts }: Others, key: string): View => ({
  trees: documents.flatMap((document) => fieldOf(document, key) ?? []),
  nodes: parts.flatMap(({ children }) => children.get(key) ?? []),
});

/** Whether another place that holds this document as well has nothing under a key. */
export const isMissingElsewhere = (part: RebuiltNode, key: string, { documents, parts }: Others): boolean =>
  documents.some((document) => fieldOf(document, key) === undefined) ||
  parts.some((other) => other !== part && other.isRow && !other.children.has(key));

export const hasSameKeys = (a: DocumentTree, b: DocumentTree): boolean =>
  a.fields.length === b.fields.length && a.fields.every(([key], index) => key === b.fields[index]![0]);

export const isSaidMissing = (nodes: readonly RebuiltNode[]): boolean =>
  nodes.some((node) => node.isSaidMissing);

/** What comes back from the mere presence of a row, or of an empty document in the rest column. */
export function isBare(
  original: BsonTree,
  trees: readonly BsonTree[],
  nodes: readonly RebuiltNode[],
): boolean {
  const isAlone = trees.length === 0;
  switch (original.type) {
    case 'null':
      return nodes.some((node) => node.isRow && node.takesElement && (isAlone || node.isSaidMissing));
    case 'document':
      return (
        original.fields.length === 0 &&
        nodes.some(({ isRow, isDocument }) => isDocument || (isRow && isAlone))
      );
    case 'array':
      return (
        isAlone &&
        original.items.length === 0 &&
        nodes.some(({ lists }) => lists.some((list) => list.length === 0))
      );
    default:
      return false;
  }
}

export function hasOrderOf(document: DocumentTree, keys: readonly string[]): boolean {
  const own = document.fields.map(([key]) => key);
  const last = [...new Set(own.reverse())].reverse();
  return keys.every((key, index) => last[index] === key);
}

/** A value that the rows say, for a person to see. */
export function treeOfNode({
  holders,
  lists,
  children,
  isDocument,
  isRow,
}: RebuiltNode): BsonTree | undefined {
  const [holder] = holders;
  if (holder !== undefined) return holder;
  const [list] = lists;
  if (list !== undefined) {
    const items = list.map((node) => treeOfNode(node) ?? ({ type: 'null', text: '' } as const));
    return { type: 'array', items, oddKeys: undefined };
  }
  const fields = [...children].flatMap(([key, child]) => {
    const tree = treeOfNode(child);
    return tree === undefined ? [] : [[key, tree] as const];
  });
  return fields.length > 0 || isDocument || isRow ? { type: 'document', fields } : undefined;
}
