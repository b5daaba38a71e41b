import type { KeyOrder, ShapeNode } from './json-shape.ts';

/** PostgreSQL's order of the keys of a jsonb: shorter ones first, those of one length by their bytes. */
export function compareKeys(a: Buffer, b: Buffer): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** The order in which a jsonb has the keys of the objects whose last key is that of `end`; it is computed once. */
export function keyOrder(end: ShapeNode): KeyOrder {
  end.order ??= computeOrder(end);
  return end.order;
}

function computeOrder(end: ShapeNode): KeyOrder {
  const path: ShapeNode[] = [];
  for (let node = end; node.parent !== undefined; node = node.parent) path.push(node);
  path.reverse();
  const places = path.map((_, place) => place).sort((a, b) => compareKeys(path[a]!.key, path[b]!.key));
  const nodes = places.map((place) => path[place]!);
  return {
    nodes,
    places: Int32Array.from(places),
    isRepeating: nodes.some((node, index) => index > 0 && compareKeys(nodes[index - 1]!.key, node.key) === 0),
  };
}
