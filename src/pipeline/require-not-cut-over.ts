import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';

/**
 * After the switch the tables belong to the application.
 * @throws DocrowError `run-cut-over`
 */
export function requireNotCutOver({ cutOverAt }: Pick<RunRecord, 'cutOverAt'>): void {
  if (cutOverAt === undefined) return;
  throw new DocrowError('run-cut-over', `The application was switched over at ${cutOverAt.toISOString()}`);
}
