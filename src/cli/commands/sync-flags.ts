import type { Settings } from '../../config/settings.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { Problem } from '../../errors/problem.ts';
import type { SyncOptions } from '../../pipeline/use-cases.ts';

/** What `docrow sync` was told, besides settings. */
export interface SyncFlags {
  readonly once?: boolean;
  readonly follow?: boolean;
  readonly cursor?: string;
  /** Seconds. */
  readonly overlap?: number;
  readonly findDeletes?: boolean;
  readonly full?: boolean;
  readonly recover?: boolean;
}

/** Clocks of the programs that write a field differ by less, mostly. */
const defaultOverlapSeconds = 60;

/**
 * What the flags mean together.
 * @throws DocrowError `settings-invalid` with every contradiction at once
 */
export const readSyncFlags = (flags: SyncFlags, { only }: Pick<Settings, 'only'>): SyncOptions => {
  const problems = [...howProblems(flags), ...byProblems(flags, only !== undefined)];
  if (problems.length > 0) throw DocrowError.fromProblems('settings-invalid', problems);
  return { how: flags.follow === true ? 'follow' : 'once', by: byOf(flags) };
};

const byOf = ({ cursor, overlap, findDeletes = false, full, recover }: SyncFlags): SyncOptions['by'] => {
  if (cursor !== undefined) {
    return {
      kind: 'cursor',
      field: cursor,
      overlapSeconds: overlap ?? defaultOverlapSeconds,
      findDeletes,
    };
  }
  if (full === true) return { kind: 'full' };
  return { kind: recover === true ? 'recover' : 'stream' };
};

const howProblems = ({ once, follow, cursor, full, recover }: SyncFlags): readonly Problem[] => {
  if (once === true && follow === true) {
    return [
      {
        location: '--once',
        message:
          '--once ends when it has caught up and --follow goes on until it is stopped, so leave one of them out',
      },
    ];
  }
  if (follow === true && (cursor !== undefined || full === true)) {
    const flag = cursor === undefined ? '--full' : '--cursor';
    const again = cursor === undefined ? '--full' : `--cursor ${cursor}`;
    return [
      {
        location: flag,
        message: `--follow follows change events, and ${flag} compares without them, so run docrow sync --once ${again} again and again from a timer`,
      },
    ];
  }
  // A comparison has an end of its own.
  if (once === true || follow === true || cursor !== undefined || full === true || recover === true)
    return [];
  return [
    {
      message:
        'Say how long to go on: docrow sync --once catches up and ends (for a timer), docrow sync --follow goes on until it is stopped',
    },
  ];
};

const byProblems = (
  { cursor, overlap, findDeletes, full, recover }: SyncFlags,
  hasOnly: boolean,
): readonly Problem[] => {
  const problems: Problem[] = [];
  const ways = [
    ...(cursor === undefined ? [] : ['--cursor']),
    ...(full === true ? ['--full'] : []),
    ...(recover === true ? ['--recover'] : []),
  ];
  if (ways.length > 1) {
    const message = `${ways.join(' and ')} are ways to find out what changed, of which one is taken: --cursor looks at a field, --full compares everything, --recover compares everything and then follows change events again`;
    problems.push({ location: ways[0]!, message });
  }
  if (cursor !== undefined && cursor.trim() === '') {
    problems.push({ location: '--cursor', message: 'It must be the path of a field, such as updatedAt' });
  }
  if (cursor === undefined && overlap !== undefined) {
    const message =
      '--overlap belongs to --cursor <field>: it says how far below the highest value seen documents are looked at again';
    problems.push({ location: '--overlap', message });
  }
  if (cursor === undefined && findDeletes === true) {
    const message =
      '--find-deletes belongs to --cursor <field>: change events, --full and --recover find deleted documents by themselves';
    problems.push({ location: '--find-deletes', message });
  }
  if (hasOnly && cursor === undefined && full !== true) {
    const message =
      'Change events are followed for all collections of the run together, since there is one place in the source’s history for all of them: leave it out (also in docrow.yaml), or use --once with --cursor <field> or --full for single collections';
    problems.push({ location: '--only', message });
  }
  return problems;
};
