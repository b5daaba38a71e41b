import { createHash } from 'node:crypto';
import type { CollectionMapping } from './mapping.ts';
import { yamlValueToBson } from './yaml-to-bson.ts';

/**
 * SHA-256, in hex, of what a mapping means: the same for another layout, other comments, another file name or another
 * way of following changes, and another as soon as a document could be stored differently. Other files that a transform file imports are not seen.
 * @param transformBytes the transform file, when the mapping has one
 */
export function mappingFingerprint(
  mapping: Omit<CollectionMapping, 'fingerprint'>,
  transformBytes: Uint8Array | undefined,
): string {
  const {
    file: _file,
    transformFile: _transformFile,
    // How documents are stored does not depend on these two.
    onReject: _onReject,
    foreignWrites: _foreignWrites,
    ...meaning
  } = mapping;
  const tables = meaning.tables.map((table) => ({
    ...table,
    // BSON keeps what JSON would lose of a default: the order of keys and the size of numbers.
    columns: table.columns.map((column) => ({
      ...column,
      default:
        column.default === undefined
          ? undefined
          : Buffer.from(yamlValueToBson(column.default)).toString('base64'),
    })),
  }));
  const hash = createHash('sha256').update(canonicalJson({ ...meaning, tables }));
  if (transformBytes !== undefined) hash.update('\0').update(transformBytes);
  return hash.digest('hex');
}

/** JSON with sorted keys, without undefined, and with numbers that JSON does not know as tagged texts. */
function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `{"$bigint":"${value}"}`;
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return `{"$number":"${Object.is(value, -0) ? '-0' : value}"}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join()}}`;
}
