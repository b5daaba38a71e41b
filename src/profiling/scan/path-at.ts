import { bsonType } from '../../bson/bson-type.ts';
import { decodeTextLoosely } from '../../bson/decode-text.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';

/**
 * The path of the key that begins at `keyStart` in a checked document: keys and array positions with dots between
 * them, as a person reads it.
 */
export function pathAt(bytes: Uint8Array, view: DataView, start: number, keyStart: number): string {
  const steps: string[] = [];
  let containerAt = start;
  for (;;) {
    const limit = containerAt + view.getInt32(containerAt, true) - 1;
    let at = containerAt + 4;
    let inside = -1;
    while (at < limit && inside === -1) {
      const type = bytes[at] as number;
      const keyAt = at + 1;
      const keyStop = keyEnd(bytes, keyAt, limit);
      at = valueEnd(type, bytes, view, keyStop + 1, limit);
      if (keyStart >= at) continue;
      steps.push(decodeTextLoosely(bytes, keyAt, keyStop));
      if (keyAt === keyStart) return steps.join('.');
      inside = keyStop + 1;
      if (type === bsonType.codeWithScope) inside += 8 + view.getInt32(keyStop + 5, true);
    }
    if (inside === -1) return steps.join('.');
    containerAt = inside;
  }
}
