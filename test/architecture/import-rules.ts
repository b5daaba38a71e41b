/** What one room may import besides itself. */
export interface ImportRule {
  readonly room: string;
  /** Rooms, or single files, relative to src. */
  readonly mayImport: readonly string[];
  /** Rooms, or single files, that may be imported with `import type` alone. */
  readonly mayImportTypes?: readonly string[];
  readonly reason: string;
}

const contracts = [
  'source/document-source.ts',
  'source/change-feed.ts',
  'target/row-target.ts',
  'target/target-schema.ts',
  'target/retry-target.ts',
  'target/refresh-target.ts',
  'target/cutover-target.ts',
  'target/root-rows.ts',
  'target/digest-reader.ts',
  'target/row-comparer.ts',
  'target/row-texts.ts',
  'target/aggregate-reader.ts',
  'target/write-guard.ts',
  'checkpoint/checkpoint-store.ts',
  'checkpoint/digest-store.ts',
  'checkpoint/retry-store.ts',
  'checkpoint/sync-store.ts',
  'checkpoint/refresh-record.ts',
  'checkpoint/collection-counts.ts',
  'checkpoint/run-history-store.ts',
];

/** A use case fills in a report, so it knows the report's type, but not how it is shown. */
const reportTypes = ['report'];

/** Rooms of the use cases: they know what is done, never by which database driver. */
const useCase = (room: string, more: readonly string[] = []): ImportRule => ({
  room,
  mayImport: ['mapping', 'values', 'errors', 'bson', 'filtering', 'encoding', ...contracts, ...more],
  mayImportTypes: [...reportTypes, 'pipeline/run-event.ts', 'config/settings.ts'],
  reason:
    'a use case knows the contracts of source, target and checkpoint, so that every implementation fits',
});

/** The law. Every folder of src has one line here. */
export const importRules: readonly ImportRule[] = [
  {
    room: 'errors',
    mayImport: [],
    reason: 'everything reports errors, so errors depend on nothing',
  },
  {
    room: 'bson',
    mayImport: ['errors'],
    reason: 'reading bytes needs no knowledge of what they are for',
  },
  {
    room: 'mapping',
    mayImport: ['errors', 'bson'],
    reason: 'the language is what the other rooms agree on, so it knows none of them',
  },
  {
    room: 'values',
    mayImport: ['mapping', 'errors', 'bson'],
    reason: 'the plain conversion is the oracle of the encoder and must not share code with it',
  },
  {
    room: 'encoding',
    mayImport: ['bson', 'mapping', 'errors'],
    mayImportTypes: ['values', ...reportTypes],
    reason: 'the encoder is tested against values and must not share code with it',
  },
  {
    room: 'digest',
    mayImport: ['mapping', 'errors', 'bson', 'encoding/memory.ts'],
    reason: 'digests are computed from the bytes of rows, whoever made them',
  },
  {
    room: 'filtering',
    mayImport: ['bson', 'mapping', 'errors'],
    reason: '`where` means the same for every source, so it looks at bytes and at nothing else',
  },
  {
    room: 'losses',
    mayImport: ['mapping', 'values', 'errors', 'bson'],
    reason:
      'what is lost follows from the mapping and the bytes; whether it is planned or validated does not matter',
  },
  {
    room: 'source',
    mayImport: ['bson', 'errors'],
    mayImportTypes: ['mapping'],
    reason: 'a source yields bytes; what becomes of them is not its concern',
  },
  {
    room: 'target',
    // Rows and checkpoint are one transaction, so the statements of the checkpoint run on the target's connection.
    mayImport: [
      'bson',
      'errors',
      // Both sides of a digest have to be made from the same columns, with the same seed.
      'digest',
      'checkpoint/checkpoint-store.ts',
      'checkpoint/postgres/save-chunk.ts',
      'checkpoint/retry-store.ts',
      'checkpoint/postgres/save-retry.ts',
      'checkpoint/refresh-record.ts',
      'checkpoint/postgres/save-refresh.ts',
      'mapping/type-sql.ts',
    ],
    mayImportTypes: ['mapping'],
    reason: 'a target writes what it is given; where that came from is not its concern',
  },
  {
    room: 'checkpoint',
    mayImport: ['bson', 'errors', 'source/change-feed.ts'],
    mayImportTypes: ['mapping', 'source/document-source.ts'],
    reason: 'the state is stored for the use cases, not by their rules',
  },
  useCase('pipeline', ['losses', 'profiling', 'target/target-probe.ts']),
  useCase('changes', ['pipeline', 'validation']),
  useCase('validation', ['digest', 'losses', 'pipeline/fail-point.ts']),
  useCase('profiling'),
  {
    room: 'report',
    mayImport: ['errors', 'config/redact.ts'],
    mayImportTypes: ['mapping'],
    reason: 'a report is text made from one value, with nothing to open or ask',
  },
  {
    room: 'config',
    mayImport: ['errors'],
    reason: 'settings are read before anything else exists',
  },
  {
    room: 'resources',
    mayImport: [
      'errors',
      'bson',
      'mapping',
      'values',
      'encoding',
      'filtering',
      'digest',
      'losses',
      'source',
      'target',
      'checkpoint',
      'pipeline',
      'changes',
      'validation',
      'profiling',
      'report',
      'config',
    ],
    reason: 'resources open and close everything; only the command line stands above them',
  },
  {
    room: 'cli',
    mayImport: ['resources', 'pipeline', 'report', 'config', 'errors'],
    reason: 'a command parses, calls one use case, renders and chooses the exit code, and nothing more',
  },
  {
    room: 'index.ts',
    mayImport: ['bson', 'mapping', 'errors'],
    reason: 'the package gives transforms their types; everything else is reached by the command line',
  },
];

/** Where each of these may be made, so that everything that is opened is also closed. */
export const openers: Readonly<Record<string, readonly string[]>> = {
  // The source owns its client: `close` of the contract ends it.
  MongoClient: ['source/mongo', 'resources'],
  Pool: ['resources'],
  Worker: ['resources'],
};
