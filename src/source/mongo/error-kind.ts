import { MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb';

/** Codes of a server that lost its memory of a cursor, or is about to: elections, restarts, timeouts. */
const lostCursorCodes = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  43, // CursorNotFound
  63, // StaleShardVersion
  89, // NetworkTimeout
  91, // ShutdownInProgress
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  206, // NoSuchSession
  234, // RetryChangeStream
  237, // CursorKilled
  262, // ExceededTimeLimit
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
]);

const deniedCodes = new Set([
  13, // Unauthorized
  18, // AuthenticationFailed
  8000, // AtlasError: the user or the tier lacks a right
]);

const lostHistoryCodes = new Set([
  136, // CappedPositionLost
  280, // ChangeStreamFatalError
  286, // ChangeStreamHistoryLost
  40576, // resume of change stream was not possible
]);

const retryLabels = ['RetryableWriteError', 'ResumableChangeStreamError', 'RetryableError'] as const;

export type MongoErrorKind = 'unreachable' | 'cursor-lost' | 'denied' | 'history-lost' | 'other';

/** What an error of the driver means, by class, code and label; texts differ between versions. */
export function mongoErrorKind(error: unknown): MongoErrorKind {
  if (!(error instanceof MongoError)) return 'other';
  const code = typeof error.code === 'number' ? error.code : undefined;
  if (code !== undefined && deniedCodes.has(code)) return 'denied';
  if (code !== undefined && lostHistoryCodes.has(code)) return 'history-lost';
  if (error instanceof MongoServerSelectionError) {
    // What kept every server from being selected may have been the handshake's refusal of the credentials.
    const reason = error.cause instanceof MongoError ? mongoErrorKind(error.cause) : 'other';
    return reason === 'denied' ? 'denied' : 'unreachable';
  }
  if (error instanceof MongoNetworkError) return 'unreachable';
  if (code !== undefined && lostCursorCodes.has(code)) return 'cursor-lost';
  return retryLabels.some((label) => error.hasErrorLabel(label)) ? 'cursor-lost' : 'other';
}

/** Whether reading can go on with a new cursor. */
export function isCursorLoss(error: unknown): boolean {
  const kind = mongoErrorKind(error);
  return kind === 'cursor-lost' || kind === 'unreachable';
}
