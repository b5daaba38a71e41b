/** What a BSON binary holds: its subtype and where its bytes are. */
export interface BinaryContent {
  readonly subtype: number;
  readonly start: number;
  readonly end: number;
}

/** Subtype of binaries whose bytes begin with a second, inner length (deprecated "old binary"). */
const oldBinarySubtype = 2;
export const uuidSubtype = 4;

/**
 * The content of the binary value at `at`, which `valueEnd` has accepted. The inner length of the old subtype 2 is
 * not content; where it disagrees with the outer one, which servers let pass, all bytes count as content.
 */
export function readBinaryContent(bytes: Uint8Array, view: DataView, at: number): BinaryContent {
  const size = view.getInt32(at, true);
  const subtype = bytes[at + 4] as number;
  const start = at + 5;
  const end = start + size;
  const hasInnerLength = subtype === oldBinarySubtype && size >= 4 && view.getInt32(start, true) === size - 4;
  return { subtype, start: hasInnerLength ? start + 4 : start, end };
}
