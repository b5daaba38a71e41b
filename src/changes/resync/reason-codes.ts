import { errorPolicies, type RejectionCode } from '../../errors/error-codes.ts';

/** Everything that a document can be set aside for. */
export const reasonCodes: readonly RejectionCode[] = Object.entries(errorPolicies).flatMap(
  ([code, { reaction }]) => (reaction === 'reject-document' ? [code as RejectionCode] : []),
);
