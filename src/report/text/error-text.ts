import { redact } from '../../config/redact.ts';
import type { ErrorReport } from '../migration-report.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/**
 * Errors, each with its place; below those with the same remedy, the remedy. Further lines of a message are statements
 * to be run.
 */
export const renderErrors = (style: Style, errors: readonly ErrorReport[]): string | undefined => {
  if (errors.length === 0) return undefined;
  const lines: string[] = [];
  errors.forEach(({ code, message, hint, location }, index) => {
    const place = location === undefined ? '' : `${style.name(printable(location))}  `;
    const [first = '', ...more] = redact(message).split('\n').map(printable);
    lines.push(`${style.bad('✗')} ${place}${first} ${style.dim(`[${code}]`)}`);
    for (const line of more) lines.push(`    ${style.name(line)}`);
    if (errors[index + 1]?.hint !== hint) lines.push(`  ${style.dim('→')} ${hint}`);
  });
  return lines.join('\n');
};
