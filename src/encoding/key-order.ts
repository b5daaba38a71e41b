import type { KeyOrder, ShapeNode } from './json-shape.ts';

/** PostgreSQL's order of the keys of a jsonb: shorter ones first, those of one length by their bytes. */
const compareKeys = (a: ShapeNode, b: ShapeNode): number =>
  a.key.length - b.key.length || Buffer.compare(a.key, b.key);

/** The order in which a jsonb has the keys of the objects whose last key is that of `end`; it is computed once. */
export function keyOrder(end: ShapeNode): KeyOrder {
  end.order ??= computeOrder(end);
  return end.order;
}

function computeOrder(end: ShapeNode): KeyOrder {
  const path: ShapeNode[] = [];
  for (let node = end; node.parent !== undefined; node = node.parent) path.push(node);
  path.reverse();
  const places = path.map((_, place) => place).sort((a, b) => compareKeys(path[a]!, path[b]!));
  const nodes = places.map((place) => path[place]!);
  return {
    nodes,
    places: Int32Array.from(places),
    isRepeating: nodes.some((node, index) => index > 0 && compareKeys(nodes[index - 1]!, node) === 0),
  };
}
