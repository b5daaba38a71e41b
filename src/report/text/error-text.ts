import { redact } from '../../config/redact.ts';
import type { ErrorReport } from '../migration-report.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** Errors, each with its place; below those with the same remedy, the remedy. */
export const renderErrors = (style: Style, errors: readonly ErrorReport[]): string | undefined => {
  if (errors.length === 0) return undefined;
  const lines: string[] = [];
  errors.forEach(({ code, message, hint, location }, index) => {
    const place = location === undefined ? '' : `${style.name(printable(location))}  `;
    lines.push(`${style.bad('✗')} ${place}${printable(redact(message))} ${style.dim(`[${code}]`)}`);
    if (errors[index + 1]?.hint !== hint) lines.push(`  ${style.dim('→')} ${hint}`);
  });
  return lines.join('\n');
};
