import type { DocumentPath } from '../mapping/mapping.ts';

/** One character per byte, so that a key that is not UTF-8 equals no text. */
export const byteKey = (key: Buffer): string => key.toString('latin1');

/** What follows the first key of some paths, by that key as `byteKey` gives it. */
export type PathsByKey = ReadonlyMap<string, readonly DocumentPath[]>;

/** Looks each key up once, however many paths there are: documents may have as many keys, and more. */
export function pathsByKey(paths: readonly DocumentPath[]): PathsByKey {
  const byKey = new Map<string, DocumentPath[]>();
  for (const [first, ...below] of paths) {
    if (first === undefined) continue;
    const key = byteKey(Buffer.from(first));
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [below]);
    else known.push(below);
  }
  return byKey;
}
