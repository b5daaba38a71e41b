/** The part of `--help` that shows how a command is called. */
export const examples = (...lines: readonly (readonly [command: string, purpose: string])[]): string => {
  const shown = lines.map(([command, purpose]) => `  # ${purpose}\n  $ ${command}`);
  return `\nExamples:\n${shown.join('\n')}\n`;
};
