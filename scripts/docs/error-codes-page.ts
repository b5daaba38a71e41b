import { type ErrorPolicy, errorPolicies, type Reaction } from '../../src/errors/error-codes.ts';

const reactions: readonly (readonly [Reaction, string, string])[] = [
  [
    'reject-document',
    'One document is set aside',
    'The run goes on. The document is kept whole in `docrow.rejection`, with its path and reason; `docrow rejects list` shows it.',
  ],
  ['retry', 'The step is tried again', 'With growing pauses. The exit code is that of a run that gave up.'],
  [
    'stop-collection',
    'One collection stops',
    'Its committed chunks stay, other collections go on, and running the same command again goes on where it stopped.',
  ],
  ['stop-run', 'The run stops, or does not start', 'What is committed stays.'],
];

/** The reference page of all errors, from the table in src/errors/error-codes.ts. */
export const errorCodesPage = (): string => {
  const all = Object.entries(errorPolicies) as [string, ErrorPolicy][];
  const sections = reactions.map(([reaction, title, text]) => {
    const lines = all
      .filter(([, policy]) => policy.reaction === reaction)
      .map(
        ([code, { exitCode, cause, remedy }]) =>
          `| \`${code}\` | ${exitCode} | ${cell(cause)} | ${cell(remedy)} |`,
      );
    return `## ${title}\n\n${text}\n\n| code | exit | what happened | what to do |\n| --- | --- | --- | --- |\n${lines.join('\n')}`;
  });
  return `${head}\n\n${sections.join('\n\n')}\n`;
};

const head = `<!-- Made by npm run docs:generate from src/errors/error-codes.ts; do not edit. -->

# Error codes

Every error of docrow has a code. It stands in square brackets behind the message, and in \`errors[].code\` with \`--json\`.

| exit code | meaning |
| --- | --- |
| 0 | done, and what was checked holds |
| 1 | internal error; please report it |
| 2 | usage, settings or mapping wrong; nothing was touched |
| 3 | validation found differences |
| 4 | cannot connect, or not allowed |
| 5 | another run holds the lock, or the mapping changed since the checkpoint, or the target is not what was expected |
| 6 | done, but documents were set aside (more than \`--max-rejects\`) |
| 7 | source history lost: the gap cannot be closed without a re-copy |
| 8 | the target stopped a collection; committed chunks stay, a re-run goes on |
| 130, 143 | stopped by SIGINT or SIGTERM, after the current chunk |

Where two apply, the lower of 3 to 8 that is not 6 wins; 6 only when nothing worse happened.`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
