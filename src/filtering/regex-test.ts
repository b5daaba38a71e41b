import { bsonType } from '../bson/bson-type.ts';
import { decodeTextLoosely } from '../bson/decode-text.ts';
import { keyEnd } from '../bson/value-end.ts';
import type { YamlValue } from '../mapping/mapping.ts';
import type { ValueTest } from './filter-path.ts';
import { filterProblem } from './filter-problem.ts';
import { translateRegex } from './translate-regex.ts';

/**
 * Makes the test of `$regex`: it finds the pattern in strings and symbols, and equals a regular expression that is
 * stored with the same pattern and options.
 * @throws DocrowError `mapping-invalid`
 */
export function regexTest(pattern: YamlValue, options: YamlValue | undefined): ValueTest {
  if (typeof pattern !== 'string') throw filterProblem('$regex must be a text');
  if (options !== undefined && (typeof options !== 'string' || !/^[imsu]*$/.test(options))) {
    throw filterProblem('$options can have i, m and s; x is not supported');
  }
  const expression = translateRegex(pattern, options ?? '');
  const stored = Buffer.from(`${pattern}\0${[...(options ?? '')].sort().join('')}\0`);
  return (type, bytes, view, at) => {
    if (type === bsonType.string || type === bsonType.symbol) {
      return expression.test(decodeTextLoosely(bytes, at + 4, at + 3 + view.getInt32(at, true)));
    }
    if (type !== bsonType.regex) return false;
    const end = keyEnd(bytes, keyEnd(bytes, at, bytes.length) + 1, bytes.length) + 1;
    return stored.equals(bytes.subarray(at, end));
  };
}
