import type { Figure } from './figure.ts';

/** A figure's cells as text, the same for the terminal and the page. */
export interface FormattedFigure {
  readonly figure: string;
  readonly shape: string;
  readonly what: string;
  readonly value: string;
  readonly reference: string;
  readonly ratio: string;
  readonly target: string;
  readonly verdict: string;
}

export function formatFigure(figure: Figure): FormattedFigure {
  const { value, unit, reference, result, low, high, target, verdict } = figure;
  const hasRatio = reference !== undefined;
  const digits = hasRatio ? 2 : digitsOf(unit);
  const range = low === high ? '' : ` (${number(low, digits)}–${number(high, digits)})`;
  return {
    figure: String(figure.figure),
    shape: figure.shape,
    what: figure.what,
    value: hasRatio ? quantity(value, unit) : quantity(value, unit) + range,
    reference: hasRatio ? quantity(reference, unit) : '',
    ratio: hasRatio ? result.toFixed(2) + range : '',
    target:
      target === undefined
        ? ''
        : `${target.kind === 'at least' ? '≥' : '≤'} ${target.value.toLocaleString('en-US')}`,
    verdict: verdict === 'no target' ? '' : verdict,
  };
}

const number = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const quantity = (value: number, unit: string): string => `${number(value, digitsOf(unit))} ${unit}`;

/** Of which nobody wants a part. */
const wholeUnits: ReadonlySet<string> = new Set(['docs/s', 'rows/s', 'events/s', 'MiB']);

const digitsOf = (unit: string): number => (wholeUnits.has(unit) ? 0 : 2);
