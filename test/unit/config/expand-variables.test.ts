// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of docrow.yaml
import { expect, test } from 'vitest';
import { expandVariables } from '../../../src/config/expand-variables.ts';

const env = { NAME: 'value', EMPTY: '' };

test.each([
  ['plain $NAME', 'plain $NAME'],
  ['a-${NAME}-b', 'a-value-b'],
  ['${EMPTY}', ''],
  ['${EMPTY:-other}', 'other'],
  ['${UNSET:-postgres://h/db}', 'postgres://h/db'],
  ['${UNSET:-}', ''],
  ['$${NAME}', '${NAME}'],
])('%s', (text, expected) => {
  expect(expandVariables(text, env)).toEqual({ text: expected });
});

test('names what is not set', () => {
  expect(expandVariables('${ONE}${NAME}${TWO}', env)).toEqual({ missing: ['ONE', 'TWO'] });
});
