import { expect, test } from 'vitest';
import { adjustmentKey, parseAdjustmentKey } from '../../../src/pipeline/adjustment-key.ts';

const column = { table: 'tasks', column: 'tags', kind: 'mismatch-null' } as const;
const field = { table: 'tasks', column: 'extra', kind: 'unmapped-rest', path: 'home.zip' } as const;

test.each([
  [column, 'tasks.tags:mismatch-null'],
  [field, 'tasks.extra:unmapped-rest:home.zip'],
  [{ ...field, path: '*' }, 'tasks.extra:unmapped-rest:*'],
  [{ ...field, path: 'a:mismatch-null:b\n:c' }, 'tasks.extra:unmapped-rest:a:mismatch-null:b\n:c'],
  [{ ...column, table: 'a.b', column: 'c.d:e' }, 'a.b.c.d:e:mismatch-null'],
  [{ ...column, table: 'a', column: 'c' }, 'a.c:mismatch-null'],
])('%j is kept as %j, and read again', (adjustment, key) => {
  expect(adjustmentKey(adjustment)).toBe(key);
  expect(parseAdjustmentKey(key, ['a', 'tasks', 'a.b'])).toEqual(adjustment);
});
