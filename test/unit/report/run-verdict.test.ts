import { expect, test } from 'vitest';
import type { RunFacts } from '../../../src/report/run-report.ts';
import { runVerdict } from '../../../src/report/run-verdict.ts';
import type { CollectionComparison } from '../../../src/report/validation-report.ts';
import { sampleFacts } from '../../support/sample-run.ts';

const validation = sampleFacts.validation!;
const atLevel = (level: CollectionComparison['level']): RunFacts['validation'] => ({
  ...validation,
  verdict: 'match',
  differences: [],
  collections: validation.collections.map((collection) => ({ ...collection, level })),
});
const nothingSetAside = { ...sampleFacts.totals, rejected: 0 };
const clean: RunFacts = { ...sampleFacts, totals: nothingSetAside, validation: atLevel('digests') };

test.each<[string, RunFacts, string, string]>([
  ['all is well', clean, 'good', 'Everything arrived, and both sides agree'],
  [
    'counts alone',
    { ...clean, validation: atLevel('counts') },
    'good',
    'Everything arrived, and the counts agree',
  ],
  [
    'documents set aside',
    { ...clean, totals: sampleFacts.totals },
    'attention',
    'What was loaded arrived, both sides agree, and some documents were set aside',
  ],
  ['differences', sampleFacts, 'bad', 'The copy differs from the source'],
  [
    'differences, and not finished',
    { ...sampleFacts, state: 'failed' },
    'bad',
    'The copy differs from the source',
  ],
  ['not finished', { ...clean, state: 'running' }, 'attention', 'The run is still working'],
  ['never compared', { ...clean, validation: undefined }, 'attention', 'Loaded, and not compared yet'],
  [
    'not all was looked at',
    { ...clean, validation: { ...atLevel('digests')!, verdict: 'incomplete' } },
    'attention',
    'The comparison is not complete',
  ],
  [
    'a collection was left out',
    {
      ...clean,
      validation: { ...atLevel('digests')!, collections: atLevel('digests')!.collections.slice(1) },
    },
    'attention',
    'Not all collections were compared',
  ],
  [
    'changed after the comparison',
    { ...clean, changedAt: '2026-03-01T09:00:00.000Z' },
    'attention',
    'The comparison is older than the data',
  ],
])('%s', (_, facts, tone, title) => {
  expect(runVerdict(facts)).toMatchObject({ tone, title });
});

test('sentences say how closely was looked, by the collection that was looked at least closely', () => {
  expect(runVerdict(sampleFacts).sentences).toEqual([
    'Rows: 1 missing, 2 changed, in 3 of 4 tables.',
    '37 documents were set aside and kept whole, each with its reason.',
    'Source and target were last compared by counts, on 2026-03-01 08:15 UTC.',
  ]);
});
