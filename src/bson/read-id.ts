import { createFoundField, findField } from './find-field.ts';

const idKey = Uint8Array.of(0x5f, 0x69, 0x64);
const found = createFoundField();

/**
 * A BSON document `{_id: value}` with the raw `_id` of the document at `start`, in memory of its own: what
 * checkpoints, rejections and `compareIds` hold. Undefined when the document has no `_id`.
 * @throws DocrowError `document-corrupt` when a field up to `_id` is damaged
 */
export function readId(bytes: Uint8Array, view: DataView, start: number): Uint8Array | undefined {
  if (!findField(bytes, view, start, idKey, found)) return undefined;
  const size = 4 + 1 + 4 + (found.end - found.at) + 1;
  const id = new Uint8Array(size);
  id[0] = size & 0xff;
  id[1] = (size >>> 8) & 0xff;
  id[2] = (size >>> 16) & 0xff;
  id[3] = size >>> 24;
  id[4] = found.type;
  id.set(idKey, 5);
  if (size <= 64) {
    // Copying a few bytes one by one is cheaper than a view of them.
    for (let from = found.at, to = 9; from < found.end; from++, to++) id[to] = bytes[from] as number;
  } else {
    id.set(bytes.subarray(found.at, found.end), 9);
  }
  return id;
}
