import { InvalidArgumentError } from 'commander';
import { type ErrorCode, errorPolicies } from '../../errors/error-codes.ts';
import { nearestName } from '../../errors/nearest-name.ts';

/** Takes the code of a rejection from the command line. @throws InvalidArgumentError with the nearest one */
export const parseRejectionCode = (text: string): ErrorCode => {
  if (isRejectionCode(text)) return text;
  const codes = Object.keys(errorPolicies).filter(isRejectionCode);
  const nearest = nearestName(text, codes);
  throw new InvalidArgumentError(
    nearest === undefined ? `It must be one of ${codes.join(', ')}.` : `Did you mean ${nearest}?`,
  );
};

const isRejectionCode = (code: string): code is ErrorCode =>
  Object.hasOwn(errorPolicies, code) && errorPolicies[code as ErrorCode].reaction === 'reject-document';
