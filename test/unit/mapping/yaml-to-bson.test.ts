import { deserialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { bsonTypeNames } from '../../../src/bson/bson-type.ts';
import type { YamlValue } from '../../../src/mapping/mapping.ts';
import { yamlValueToBson } from '../../../src/mapping/yaml-to-bson.ts';

const typeOf = (value: YamlValue): string | undefined => bsonTypeNames.get(yamlValueToBson(value)[4]!);

describe('yamlValueToBson', () => {
  it.each<[YamlValue, string]>([
    [null, 'null'],
    [true, 'bool'],
    ['x', 'string'],
    [0, 'int'],
    [2147483647, 'int'],
    [-2147483648, 'int'],
    [2147483648, 'long'],
    [-2147483649, 'long'],
    [9007199254740993n, 'long'],
    [5n, 'int'],
    [1.5, 'double'],
    [-0, 'double'],
    [1e20, 'double'],
    [Number.NaN, 'double'],
    [[], 'array'],
    [{}, 'object'],
  ])('writes %s as %s', (value, type) => {
    expect(typeOf(value)).toBe(type);
  });

  it('has the empty key, so that the value begins at offset 6', () => {
    const bytes = yamlValueToBson(7);
    expect([...bytes]).toEqual([11, 0, 0, 0, 0x10, 0, 7, 0, 0, 0, 0]);
  });

  it('treats keys as data', () => {
    const value = JSON.parse('{"_bsontype":"ObjectId","__proto__":1,"$ref":[{"a.b":null}]}') as YamlValue;
    const read = deserialize(yamlValueToBson([value]))[''] as unknown[];
    expect(JSON.stringify(read)).toBe('[{"_bsontype":"ObjectId","__proto__":1,"$ref":[{"a.b":null}]}]');
  });

  it('keeps all digits of a 64-bit number', () => {
    const read = deserialize(yamlValueToBson(-9223372036854775808n), { useBigInt64: true });
    expect(read['']).toBe(-9223372036854775808n);
  });
});
