import type { ValidationLevel } from './validation-report.ts';

/** What a comparison of one level shows, and what it cannot see. Whole sentences. */
export interface LevelClaim {
  readonly level: ValidationLevel;
  readonly title: string;
  readonly shows: string;
  readonly cannotSee: string;
}

/** The levels, each closer than the one before. */
export const levelClaims: readonly LevelClaim[] = [
  {
    level: 'counts',
    title: 'Counts',
    shows:
      'Each range of the source holds as many documents as were read from it, and each table as many rows as were written to it. Nothing was dropped or doubled as a whole.',
    cannotSee: 'A value that differs, or one row missing where another one is too many.',
  },
  {
    level: 'digests',
    title: 'Digests',
    shows:
      'Every row in the target was hashed in PostgreSQL, and the row that each document should lead to was hashed from its BSON. The sums agree in every bucket of keys.',
    cannotSee:
      'Differences whose 64-bit hashes happen to cancel out. The rows expected come from the converter that wrote them, so a fault of the converter itself needs the next level.',
  },
  {
    level: 'rows',
    title: 'Rows',
    shows:
      'Documents were converted again by code that shares nothing with the loader, and compared with their rows value by value. Rows that no document produced were looked for.',
    cannotSee: 'What the mapping itself leaves out: that is the list of declared losses.',
  },
  {
    level: 'documents',
    title: 'Documents',
    shows:
      'Documents were made again from their rows and compared with the originals, field by field. What does not come back is on the list of declared losses.',
    cannotSee:
      'What a transform computed from: its result is compared, the original cannot come back. Documents that were set aside are kept whole in docrow.rejection.',
  },
];
