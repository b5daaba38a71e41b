import { createInterface } from 'node:readline/promises';
import { DocrowError } from '../errors/docrow-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks before something is deleted. The question goes to stderr, since stdout belongs to the result.
 *
 * @param consequence what will be lost, as a sentence without a full stop
 * @throws DocrowError `confirmation-needed` where nobody can answer, or the answer is no
 */
export const confirm = async (terminal: Terminal, consequence: string): Promise<void> => {
  const { stdin, stderr } = terminal;
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw new DocrowError('confirmation-needed', `${consequence}, and there is no terminal to confirm it on`);
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${consequence}\nType yes to go on: `);
    if (answer.trim().toLowerCase() === 'yes') return;
  } finally {
    lines.close();
  }
  throw new DocrowError(
    'confirmation-needed',
    `${consequence}, which was not confirmed; nothing was touched`,
  );
};
