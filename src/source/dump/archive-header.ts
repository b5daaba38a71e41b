import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, findField } from '../../bson/find-field.ts';
import { DocrowError } from '../../errors/docrow-error.ts';

/** What stands before each slice of an archive: whose documents follow, or whose documents are all there now. */
export interface NamespaceHeader {
  readonly database: string;
  readonly collection: string;
  /** Whether the collection ends here. */
  readonly eof: boolean;
  /** At the end of a collection: CRC-64 over all its documents, as a signed number. The first archives have none. */
  readonly crc: bigint | undefined;
}

/** What stands at the beginning of an archive for each collection. */
export interface ArchiveCollection {
  readonly database: string;
  readonly collection: string;
  /** The text of the collection's metadata file; empty when there is none. */
  readonly metadata: string;
  readonly type: string;
}

/** Undefined when the document is damaged. */
export function readNamespaceHeader(block: Buffer, view: DataView, at: number): NamespaceHeader | undefined {
  return undefinedIfCorrupt(() => ({
    database: textField(block, view, at, 'db'),
    collection: textField(block, view, at, 'collection'),
    eof: hasField(block, view, at, 'EOF', bsonType.boolean) && block[found.at] === 1,
    crc: hasField(block, view, at, 'CRC', bsonType.int64) ? view.getBigInt64(found.at, true) : undefined,
  }));
}

/** Undefined when the document is damaged. */
export function readArchiveCollection(
  block: Buffer,
  view: DataView,
  at: number,
): ArchiveCollection | undefined {
  return undefinedIfCorrupt(() => ({
    database: textField(block, view, at, 'db'),
    collection: textField(block, view, at, 'collection'),
    metadata: textField(block, view, at, 'metadata'),
    type: textField(block, view, at, 'type'),
  }));
}

const found = createFoundField();

function hasField(block: Buffer, view: DataView, at: number, name: string, type: number): boolean {
  return findField(block, view, at, Buffer.from(name), found) && found.type === type;
}

function textField(block: Buffer, view: DataView, at: number, name: string): string {
  if (!hasField(block, view, at, name, bsonType.string)) return '';
  return block.toString('utf8', found.at + 4, found.end - 1);
}

function undefinedIfCorrupt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DocrowError) return undefined;
    throw error;
  }
}
