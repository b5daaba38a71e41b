import { type RawField, raw, rawDocument } from './raw-bson.ts';

const terminator = Buffer.from([0xff, 0xff, 0xff, 0xff]);

export interface ArchiveSlice {
  readonly collection: string;
  readonly documents: readonly Buffer[];
}

/**
 * Writes a mongodump archive with exactly these slices, as several threads of mongodump would interleave them. Each
 * collection is ended, with its checksum, after its last slice.
 * @param more documents of the list of collections that have no slices
 */
export function writeArchive(
  database: string,
  slices: readonly ArchiveSlice[],
  more: readonly (readonly RawField[])[] = [],
): Buffer {
  const names = [...new Set(slices.map(({ collection }) => collection))];
  const parts = [Buffer.from([0x6d, 0xe2, 0x99, 0x81]), rawDocument([['version', raw.string('0.1')]])];
  for (const name of names)
    parts.push(rawDocument([...namespace(database, name), ['metadata', raw.string('')]]));
  for (const fields of more) parts.push(rawDocument(fields));
  parts.push(terminator);
  slices.forEach(({ collection, documents }, index) => {
    const header = [
      ...namespace(database, collection),
      ['EOF', raw.boolean(false)],
      ['CRC', raw.int64(0)],
    ] as const;
    parts.push(rawDocument(header), ...documents, terminator);
    if (slices.slice(index + 1).some((later) => later.collection === collection)) return;
    const all = slices.filter((slice) => slice.collection === collection).flatMap((slice) => slice.documents);
    const crc = raw.int64(BigInt.asIntN(64, plainCrc64(Buffer.concat(all))));
    parts.push(
      rawDocument([...namespace(database, collection), ['EOF', raw.boolean(true)], ['CRC', crc]]),
      terminator,
    );
  });
  return Buffer.concat(parts);
}

const namespace = (database: string, collection: string): readonly RawField[] => [
  ['db', raw.string(database)],
  ['collection', raw.string(collection)],
];

/** CRC-64/XZ bit by bit: slow, and plainly what the definition says. */
export function plainCrc64(bytes: Uint8Array): bigint {
  const ones = 0xffffffffffffffffn;
  let crc = ones;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ ((crc & 1n) * 0xc96c5795d7870f42n);
  }
  return crc ^ ones;
}
