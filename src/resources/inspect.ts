import { exitCodes } from '../errors/error-codes.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import { inspectCollection } from '../profiling/inspect-collection.ts';
import { profileSource } from '../profiling/profile-source.ts';
import { toErrorReports } from '../report/error-report.ts';
import { withSource } from './with-source.ts';

/** Looks at every document of the source, and says what is there. Opens no target and reads no mapping. */
export const inspect: UseCases['inspect'] = (settings, { onEvent, signal }, { sample }) =>
  withSource(settings, async (source) => {
    for (const message of source.notices()) onEvent({ kind: 'notice', message });
    const { kind } = await source.identity();
    const { database, collections } = await profileSource(source, {
      only: settings.only,
      sample,
      onEvent,
      signal: signal.soft,
    });
    const errors = collections.flatMap(({ stoppedBy }) => (stoppedBy === undefined ? [] : [stoppedBy]));
    return {
      command: 'inspect',
      exitCode: errors[0]?.policy.exitCode ?? exitCodes.done,
      source: { kind, database, notices: source.notices() },
      collections: collections.map(inspectCollection),
      errors: errors.flatMap(toErrorReports),
    };
  });
