import { expect, test } from 'vitest';
import { JsonbText } from '../../../src/digest/jsonb-text.ts';
import { plainNumber } from '../../../src/digest/plain-number.ts';
import { copyOf } from '../../../src/encoding/memory.ts';

const text = new JsonbText();

function written(json: string): string {
  const memory = copyOf(Buffer.from(`xx${json}yy`));
  text.write(memory, 2, memory.bytes.length - 4);
  expect(text.memory.bytes[0]).toBe(1);
  return text.memory.bytes.toString('utf8', 1, text.length);
}

test.each([
  ['{"bb":1,"a":2,"":3,"b":4}', '{"": 3, "a": 2, "b": 4, "bb": 1}'],
  ['{"a":1,"b":2,"a":[3]}', '{"a": [3], "b": 2}'],
  ['{"é":1,"zz":2,"z":3}', '{"z": 3, "zz": 2, "é": 1}'],
  ['{"\\n":1,"aa":2}', '{"\\n": 1, "aa": 2}'],
  ['[{},[],"",{"a":[{}]}]', '[{}, [], "", {"a": [{}]}]'],
  ['"\\u001f\\u00e9\\/"', '"\\u001fé/"'],
  ['[true,false,null,-0,-0.0,1.10,1e3]', '[true, false, null, 0, 0.0, 1.10, 1000]'],
  ['5', '5'],
])('%s', (json, expected) => {
  expect(written(json)).toBe(expected);
});

test('many keys, deep nesting, long strings and large exponents', () => {
  const keys = Array.from({ length: 500 }, (_, n) => String((n * 7919) % 1000));
  const sorted = keys.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  expect(written(`{${keys.map((key) => `"${key}":${key}`).join()}}`)).toBe(
    `{${sorted.map((key) => `"${key}": ${key}`).join(', ')}}`,
  );
  const deep = '['.repeat(2000) + ']'.repeat(2000);
  expect(written(deep)).toBe(deep);
  const long = JSON.stringify('x'.repeat(1_000_000));
  expect(written(`[${long},1e6000,1e-6000]`)).toBe(`[${long}, 1${'0'.repeat(6000)}, 0.${'0'.repeat(5999)}1]`);
});

test.each([
  ['12E-9', '0.000000012'],
  ['-1.50e1', '-15.0'],
  ['0e5', '0'],
  ['0E-3', '0.000'],
  ['1.25e1', '12.5'],
  ['-0.5', '-0.5'],
])('%s is printed as numeric prints it', (number, expected) => {
  expect(plainNumber(number)).toBe(expected);
});
