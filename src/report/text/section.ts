import { redact } from '../../config/redact.ts';
import type { Style } from './style.ts';

/** Parts of a report with an empty line between them; empty parts are left out. */
export const joinSections = (parts: readonly (string | undefined)[]): string =>
  `${parts.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;

/** The title of a section, and beside it what the section has. */
export const titleWith = (style: Style, title: string, explanation: string): string =>
  `${style.bold(title)}: ${style.dim(explanation)}`;

/** Commands to go on with, and what each is for. */
export interface NextStep {
  readonly command: string;
  readonly purpose: string;
}

export const renderNextSteps = (style: Style, steps: readonly NextStep[]): string | undefined => {
  if (steps.length === 0) return undefined;
  const shown = steps.map(({ command, purpose }) => ({ command: redact(command), purpose }));
  const widest = Math.max(...shown.map(({ command }) => command.length));
  const fits = shown.every(({ purpose }) => widest + purpose.length + 4 <= style.width);
  const lines = shown.map(({ command, purpose }) =>
    fits
      ? `  ${style.name(command.padEnd(widest))}  ${style.dim(purpose)}`
      : `  ${style.name(command)}\n    ${style.dim(purpose)}`,
  );
  return [style.bold('Next'), ...lines].join('\n');
};
