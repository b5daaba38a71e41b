import { bsonType } from '../bson/bson-type.ts';
import type { Memory } from './memory.ts';
import { ValueProblem } from './value-problem.ts';
import { checkUtf8 } from './write-text.ts';

/**
 * The problem of a value that does not fit a column which takes no texts, or only some. A string that is not UTF-8
 * has that problem first, whatever the column: no policy for values that do not fit may pass over it.
 * @throws ValueProblem `value-invalid-utf8`
 */
function refuseValue(
  type: number,
  input: Memory,
  at: number,
  code: 'value-mismatch' | 'value-convert-failed',
  reason: string,
): ValueProblem {
  if (type === bsonType.string) checkUtf8(input, at + 4, at + 3 + input.view.getInt32(at, true));
  return new ValueProblem(code, reason);
}

export const refuseMismatch = (type: number, input: Memory, at: number, reason: string): ValueProblem =>
  refuseValue(type, input, at, 'value-mismatch', reason);

export const refuseConvert = (type: number, input: Memory, at: number, reason: string): ValueProblem =>
  refuseValue(type, input, at, 'value-convert-failed', reason);
