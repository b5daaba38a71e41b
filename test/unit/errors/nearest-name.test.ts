import { expect, test } from 'vitest';
import { nearestName } from '../../../src/errors/nearest-name.ts';

const known = ['workers', 'maxRejects', 'source', 'schema'];

test.each([
  ['wokrers', 'workers'],
  ['Workers', 'workers'],
  ['worker', 'workers'],
  ['maxReject', 'maxRejects'],
  ['sourse', 'source'],
  ['password', undefined],
  ['x', undefined],
])('%s → %s', (name, expected) => {
  expect(nearestName(name, known)).toBe(expected);
});
