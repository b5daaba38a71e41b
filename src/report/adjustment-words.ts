import type { AdjustmentGroup } from './migration-report.ts';

/** What a policy of the mapping did to a value. */
export const adjustmentWords: Readonly<Record<AdjustmentGroup['kind'], string>> = {
  'mismatch-null': 'value does not fit: null (mismatch: null)',
  'mismatch-rest': 'value does not fit: kept in the rest column (mismatch: rest)',
  'orphan-null': 'reference to nothing: null (orphans: null)',
  'nul-stripped': 'NUL characters removed (nul: strip)',
  'nul-escaped': 'NUL characters escaped (nul: escape)',
  'nul-rest': 'text with NUL: kept in the rest column (nul: rest)',
  'unmapped-rest': 'no column takes the field: kept in the rest column',
};
