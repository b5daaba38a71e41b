import { type Html, html } from './html.ts';

export interface BarPart {
  readonly kind: 'loaded' | 'rejected' | 'filtered' | 'count';
  readonly amount: number;
}

/**
 * A bar as long as its amounts are of `whole`. A picture of numbers that stand beside it, so that it is hidden from
 * screen readers.
 */
export const bar = (parts: readonly BarPart[], whole: number): Html => {
  let x = 0;
  const shapes = widths(parts, whole).map(({ kind, width }) => {
    const shape = html`<rect class="fill-${kind}" x="${round(x)}" width="${round(width)}" height="10"/>`;
    x += width;
    return shape;
  });
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${shapes}</svg>`;
};

/** What is there is seen, however little it is: the widest part gives what that takes. */
const widths = (parts: readonly BarPart[], whole: number) => {
  const there = parts.filter(({ amount }) => amount > 0 && whole > 0);
  const wide = there.map(({ kind, amount }) => ({
    kind,
    width: Math.max((amount / whole) * length, narrowest),
  }));
  const excess = wide.reduce((sum, { width }) => sum + width, -length);
  const widest = Math.max(...wide.map(({ width }) => width));
  return wide.map(({ kind, width }) => ({
    kind,
    width: excess > 0 && width === widest ? width - excess : width,
  }));
};

const length = 1000;
const narrowest = 8;

const round = (value: number): number => Math.round(value * 10) / 10;
