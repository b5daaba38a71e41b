import { safeName } from '../../mapping/safe-name.ts';
import type { FreeNames } from './free-names.ts';

/** Takes a name for a table, together with that of the index of its primary key, which shares the space of names. */
export function takeTableName(wanted: string, relations: FreeNames): string {
  const isFree = (name: string): boolean => !relations.has(name) && !relations.has(`${name}_pkey`);
  let name = wanted;
  for (let n = 2; !isFree(name); n++) name = safeName(`${wanted}_${n}`);
  relations.take(`${name}_pkey`);
  return relations.take(name);
}
