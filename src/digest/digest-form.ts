/**
 * How rows are hashed on both sides. Both hash the binary send forms of a row's columns, `row(int8send(a), …)`.
 *
 * - `record`: `hash_record_extended`, PostgreSQL's own hash of 64 bits, which is fast. It is there since PostgreSQL 14
 *   and may change between major versions.
 * - `sha256`: the first 64 bits of the SHA-256 of `record_send`, which stand still from version to version.
 */
export type DigestForm = 'record' | 'sha256';

/** The fastest first. */
export const digestForms: readonly DigestForm[] = ['record', 'sha256'];

/** Seed of `record` for the hash of a key. With a seed of 0 PostgreSQL's hashes are blind to more. */
export const keySeed = { high: 0x646f6372, low: 0x6f770001 } as const;
