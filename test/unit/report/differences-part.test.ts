import { expect, test } from 'vitest';
import { columnsPart } from '../../../src/report/html/columns-part.ts';
import { differencesPart } from '../../../src/report/html/differences-part.ts';
import { makeReport, sampleFacts } from '../../support/sample-run.ts';

const validation = sampleFacts.validation!;
const partOf = (state: 'standing' | 'moving'): string => {
  const [first, ...others] = validation.differences.map((each) => ({ ...each, state: 'standing' as const }));
  const differences = [{ ...first!, state }, ...others];
  return differencesPart(makeReport({ validation: { ...validation, differences } }))!.markup;
};

test('state and time have columns where some differences are on their way, and one sentence else', () => {
  const moving = partOf('moving');
  expect(moving).toContain('>State</th>');
  expect(moving).toContain('>on its way</span>');
  expect(moving).not.toContain('All stood still');
  const standing = partOf('standing');
  expect(standing).not.toContain('>State</th>');
  expect(standing).not.toContain('>standing</span>');
  expect(standing).toContain('All stood still when they were looked at, on 2026-03-01 ');
});

test('what hidden figures have in common is not said to be more than it is', () => {
  expect(columnsPart(makeReport())!.markup).toContain('where a value is hidden, one as long');
  expect(columnsPart(makeReport({}, true))!.markup).not.toContain('hidden');
});
