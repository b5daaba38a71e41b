/**
 * A path as a mapping's `from` and `each` write it, so that `parsePath` gives back the same keys: one with a dot, a
 * quote, a backslash, or `$` or `^` in front, or nothing in it, is quoted.
 */
export const writePath = (path: readonly string[]): string =>
  path.length === 0 ? '$item' : path.map(writeKey).join('.');

const writeKey = (key: string): string =>
  key === '' || /^[$^]|[."\\]/.test(key) ? `"${key.replace(/["\\]/g, '\\$&')}"` : key;
