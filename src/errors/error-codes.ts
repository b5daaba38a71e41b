// Longer than 300 lines because it is the one list of everything that can go wrong.
/** What the program does when an error of a code occurs. */
export type Reaction =
  /** Set the document aside as a rejection and go on. */
  | 'reject-document'
  /** Try the same step again, after a pause. */
  | 'retry'
  /** Stop this collection; chunks that are committed stay, a re-run goes on. */
  | 'stop-collection'
  /** Stop the whole run. */
  | 'stop-run';

/** Process exit codes. They are a contract with the scripts that call docrow. */
export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  differences: 3,
  connection: 4,
  conflict: 5,
  rejected: 6,
  historyLost: 7,
  targetStopped: 8,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface ErrorPolicy {
  readonly reaction: Reaction;
  readonly exitCode: ExitCode;
  /** What happened, for the generated reference page. */
  readonly cause: string;
  /** What the person can do about it. Printed below the message. */
  readonly remedy: string;
}

const reject = (cause: string, remedy: string): ErrorPolicy & { reaction: 'reject-document' } => ({
  reaction: 'reject-document',
  exitCode: exitCodes.rejected,
  cause,
  remedy,
});

const policy = <R extends Reaction>(
  reaction: R,
  exitCode: ExitCode,
  cause: string,
  remedy: string,
): ErrorPolicy & { reaction: R } => ({
  reaction,
  exitCode,
  cause,
  remedy,
});

/** Every error that docrow knows, with what it does about it. A code without an entry does not compile. */
export const errorPolicies = {
  // One document: it is set aside with its path and reason, and the run goes on.
  'value-mismatch': reject(
    'A value has a type or size that its column cannot hold without loss',
    'Widen the column type, or choose `mismatch: "null"` or `mismatch: rest` for the column',
  ),
  'value-out-of-range': reject(
    'A number, date or text lies outside the range of its column type',
    'Widen the column type, or choose `mismatch: "null"` or `mismatch: rest` for the column',
  ),
  'value-required': reject(
    'A column marked `required` has no value in this document',
    'Give the column a `default`, or remove `required`',
  ),
  'value-check-failed': reject(
    'A value is not among those that the column’s `check` allows',
    'Add the value to `check`, or repair the document in the source',
  ),
  'value-nul-character': reject(
    'A text holds a NUL character, which PostgreSQL cannot store',
    'Choose `nul: strip`, `nul: escape` or `nul: rest` for the column',
  ),
  'value-invalid-utf8': reject(
    'A text holds bytes that are not UTF-8',
    'Repair the document in the source; its bytes are kept in the rejection',
  ),
  'value-convert-failed': reject(
    'The column’s `convert` cannot be applied to this value',
    'Choose another `convert`, a transform, or another `mismatch` policy',
  ),
  'transform-failed': reject(
    'The column’s transform threw an error for this document',
    'Correct the function in `transforms/`, which must accept every document',
  ),
  'document-corrupt': reject(
    'The document’s BSON is not well formed',
    'Repair the document in the source; its bytes are kept in the rejection',
  ),
  'document-duplicate-key': reject(
    'The document has the same key twice, and a column or jsonb can keep only one',
    'Set `duplicates: last` in the mapping to keep the last one, or repair the document in the source',
  ),
  'document-unmapped-field': reject(
    'The document has a field that no column takes, and the mapping says `unmapped: reject`',
    'Map the field, or add a `rest` column, or say `unmapped: ignore`',
  ),
  'document-too-deep': reject(
    'The document is nested deeper than PostgreSQL can parse',
    'Move the nested part into a `json` column by a transform, or leave the document out',
  ),
  'document-too-large': reject(
    'The row made from the document is larger than PostgreSQL accepts',
    'Split the field over several columns, or leave it out',
  ),
  'row-refused': reject(
    'PostgreSQL refused the row made from this document',
    'See the SQLSTATE and the constraint named in the rejection',
  ),
  'duplicate-value': reject(
    'Another document, or a row that was there before, already has this value of a unique column',
    'Nothing is to be done for a document that is in the table already: append changes no row. Otherwise remove `unique`, widen the key, or repair the documents in the source',
  ),
  'reference-missing': reject(
    'The document refers to one that does not exist',
    'Choose `orphans: "null"` or `orphans: allow` for the reference, or repair the source',
  ),
  'reference-set-aside': reject(
    'The document refers to one that was itself set aside',
    'Deal with the rejection of the document it refers to; this one follows it',
  ),

  // The source.
  'source-unreachable': policy(
    'retry',
    exitCodes.connection,
    'The MongoDB server cannot be reached',
    'Check host, port and network, and that the URI names the right replica set',
  ),
  'source-denied': policy(
    'stop-run',
    exitCodes.connection,
    'MongoDB refused the credentials or the operation',
    'Grant the user the `read` role on the database',
  ),
  'source-not-found': policy(
    'stop-run',
    exitCodes.usage,
    'The source does not exist or holds nothing that docrow can read',
    'Check the path or the database name; see `docrow migrate --help` for what a source can be',
  ),
  'source-ambiguous': policy(
    'stop-run',
    exitCodes.usage,
    'The source holds several databases',
    'Name one with --database',
  ),
  'source-unsafe-name': policy(
    'stop-run',
    exitCodes.usage,
    'A database or collection name in the source would lead outside its folder',
    'Remove the file from the dump, or make the dump again',
  ),
  'source-corrupt': policy(
    'stop-collection',
    exitCodes.targetStopped,
    'The source file is damaged or cut short at the offset named; everything before it was loaded',
    'Make the dump or export again and start over with --fresh: another file is another source',
  ),
  'source-order-broken': policy(
    'stop-collection',
    exitCodes.targetStopped,
    'The server did not return documents in _id order, so a resume would lose some',
    'Report the server version; a view or a collection with a collation is read in one range',
  ),
  'source-cursor-lost': policy(
    'retry',
    exitCodes.connection,
    'The server closed the cursor (timeout, failover or restart)',
    'Nothing to do: docrow reads on after the last committed document',
  ),
  'source-history-lost': policy(
    'stop-run',
    exitCodes.historyLost,
    'The server no longer has the change history from the time that is needed',
    'docrow sync --recover compares everything, writes what differs and follows the changes again; enlarge the oplog',
  ),
  'source-no-changes': policy(
    'stop-run',
    exitCodes.usage,
    'The source keeps no history of changes: a MongoDB server that is no replica set, or files',
    'Use docrow sync --cursor <field> or docrow sync --full, or make the server a replica set (of one member is enough)',
  ),
  'history-regressed': policy(
    'stop-run',
    exitCodes.conflict,
    'The source is at an earlier time than the changes that are in the tables already, as after it was restored from a backup',
    'See whether this is the right server; if it is, compare everything with docrow sync --recover',
  ),
  'changes-not-begun': policy(
    'stop-run',
    exitCodes.usage,
    'The run has stored no place in the source’s history from which changes could be followed',
    'Use docrow sync --cursor <field> or --full; where the source has change streams now, docrow sync --recover begins to follow them',
  ),
  'collection-gone': policy(
    'stop-collection',
    exitCodes.conflict,
    'A collection was dropped, renamed or replaced in the source while its changes were followed; its rows are as they were',
    'If the collection is there again and is the right one, docrow sync --recover compares it as a whole and goes on',
  ),
  'change-unknown': policy(
    'stop-collection',
    exitCodes.conflict,
    'Something happened to a collection in the source that docrow does not know',
    'docrow sync --recover compares the collection as a whole and goes on',
  ),
  'source-refused': policy(
    'stop-collection',
    exitCodes.connection,
    'MongoDB refused a command that docrow needs',
    'See the code named; versions 4.4 to 8 are supported, and the role `read` is enough',
  ),
  'source-changed': policy(
    'stop-run',
    exitCodes.conflict,
    'The source is not the one that the newest run in the target began with',
    'Point to the same source again, add this one to its tables with --on-existing append, or start over with --fresh',
  ),

  // The target.
  'target-unreachable': policy(
    'retry',
    exitCodes.connection,
    'The PostgreSQL server cannot be reached, or the connection was lost',
    'Check host, port and network, then run the same command: it goes on where it stopped',
  ),
  'target-denied': policy(
    'stop-run',
    exitCodes.connection,
    'PostgreSQL refused the credentials or the operation',
    'Give the role the privileges named, or use another role',
  ),
  'target-not-found': policy(
    'stop-run',
    exitCodes.connection,
    'The target database does not exist',
    'Create the database (create database …), or correct its name in the target URI',
  ),
  'target-untrusted': policy(
    'stop-run',
    exitCodes.connection,
    'TLS is asked for and the PostgreSQL server’s certificate cannot be verified, or it has none',
    'Name the certificate authority in the target URI (sslrootcert=…), or ask for another sslmode',
  ),
  'target-busy': policy(
    'retry',
    exitCodes.connection,
    'PostgreSQL ended the transaction because of another one (deadlock, serialization failure, lock timeout)',
    'Nothing to do: docrow tries again; if it goes on, see which program locks the tables',
  ),
  'target-unsupported': policy(
    'stop-run',
    exitCodes.conflict,
    'The PostgreSQL server or its connection pooler cannot be used',
    'Connect to PostgreSQL 13 or later directly, or through a pooler in session mode',
  ),
  'target-not-empty': policy(
    'stop-run',
    exitCodes.conflict,
    'A target table already exists and holds rows that docrow did not write',
    'Load into another schema, empty the table, or say --on-existing append',
  ),
  'target-table-differs': policy(
    'stop-run',
    exitCodes.conflict,
    'A target table has other columns or types than the mapping',
    'Change the mapping or the table so that they agree',
  ),
  'target-disk-full': policy(
    'stop-collection',
    exitCodes.targetStopped,
    'PostgreSQL ran out of disk space',
    'Free some space, then run the same command: it goes on where it stopped',
  ),
  'target-refused': policy(
    'stop-collection',
    exitCodes.targetStopped,
    'PostgreSQL refused a statement',
    'See the SQLSTATE; chunks that are committed stay, and a re-run goes on',
  ),
  'constraint-failed': policy(
    'stop-collection',
    exitCodes.targetStopped,
    'A key, index or constraint could not be built after the load',
    'See the SQLSTATE and the constraint named; a re-run builds what is missing',
  ),
  'commit-outcome-unknown': policy(
    'retry',
    exitCodes.connection,
    'The connection was lost while PostgreSQL committed',
    'Run the same command again: it looks whether the commit happened and goes on from there',
  ),

  // The run.
  'run-locked': policy(
    'stop-run',
    exitCodes.conflict,
    'Another docrow holds the lock on this target',
    'Wait for it to end, or stop it',
  ),
  'run-fenced': policy(
    'stop-run',
    exitCodes.conflict,
    'Another run has taken over this collection',
    'Let the other run finish; see docrow status',
  ),
  'mapping-changed': policy(
    'stop-run',
    exitCodes.conflict,
    'The mapping is not the one that the run began with, and its rows may not fit the new one',
    'Restore the mapping, or start over with --fresh; for the documents that were set aside: docrow rejects retry',
  ),
  'run-cut-over': policy(
    'stop-run',
    exitCodes.conflict,
    'The application was switched over to the tables, and docrow would overwrite what it wrote',
    'If that switch was taken back: update docrow.run set cut_over_at = null, and compare both sides before anything else',
  ),
  'load-incomplete': policy(
    'stop-run',
    exitCodes.conflict,
    'Documents are to be tried again and their collection is not loaded to its end',
    'Finish the load first: run docrow migrate, with the mapping that it began with',
  ),
  'state-too-new': policy(
    'stop-run',
    exitCodes.conflict,
    'The state tables were written by a newer docrow',
    'Use that version or a later one',
  ),
  'no-run': policy(
    'stop-run',
    exitCodes.usage,
    'The target holds no docrow run',
    'Run docrow migrate first, or check --target',
  ),
  'validation-missing': policy(
    'stop-run',
    exitCodes.usage,
    'The run has no stored comparison that repair could go by',
    'Run docrow validate first',
  ),
  'settings-invalid': policy(
    'stop-run',
    exitCodes.usage,
    'A flag, environment variable or line of docrow.yaml is wrong',
    'Correct the settings named; docrow --help lists them',
  ),
  'mapping-invalid': policy(
    'stop-run',
    exitCodes.usage,
    'A mapping file is wrong',
    'Correct the lines named',
  ),
  'transform-invalid': policy(
    'stop-run',
    exitCodes.usage,
    'A transform file cannot be loaded or lacks a function that the mapping names',
    'Export a function of that name from the file',
  ),
  'secret-in-arguments': policy(
    'stop-run',
    exitCodes.usage,
    'A password was given on the command line, where every user of the machine can read it',
    'Put the URI in an environment variable or docrow.yaml, or say --insecure-argv',
  ),
  'confirmation-needed': policy(
    'stop-run',
    exitCodes.usage,
    'The command would delete data and nobody was there to confirm it',
    'Say --yes',
  ),
  'embedded-unavailable': policy(
    'stop-run',
    exitCodes.connection,
    'The embedded PostgreSQL is not installed or does not start',
    'Run npm ci with optional dependencies and install scripts, or name a server with --target',
  ),
  'project-exists': policy(
    'stop-run',
    exitCodes.conflict,
    'Files of the project that would be written are there already',
    'Say --force to overwrite them, name other collections with --only, or choose another folder with --dir',
  ),
  'file-failed': policy(
    'stop-run',
    exitCodes.usage,
    'A file could not be read or written',
    'Check the path, its permissions and the free space',
  ),
  interrupted: policy(
    'stop-run',
    exitCodes.interrupted,
    'The run was stopped by a signal',
    'Run the same command again: it goes on where it stopped',
  ),
  'count-mismatch': policy(
    'stop-run',
    exitCodes.internal,
    'read = loaded + rejected + filtered does not hold',
    'This is a defect of docrow: please report it with the output of docrow status --json',
  ),
  internal: policy(
    'stop-run',
    exitCodes.internal,
    'Something happened that docrow does not know',
    'This is a defect of docrow: please report it with the log',
  ),
} as const satisfies Readonly<Record<string, ErrorPolicy>>;

export type ErrorCode = keyof typeof errorPolicies;

/** Codes that set one document aside. */
export type RejectionCode = {
  [C in ErrorCode]: (typeof errorPolicies)[C]['reaction'] extends 'reject-document' ? C : never;
}[ErrorCode];
