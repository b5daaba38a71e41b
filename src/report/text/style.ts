import pc from 'picocolors';

export type Paint = (text: string) => string;

/** How reports are written: colors and line length. */
export interface Style {
  /** Columns of the terminal. */
  readonly width: number;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
  readonly name: Paint;
}

const minWidth = 60;
const maxWidth = 120;

/** @param columns width of the terminal; undefined where the output is no terminal */
export const createStyle = (color: boolean, columns: number | undefined): Style => {
  const colors = pc.createColors(color);
  return {
    width: Math.min(maxWidth, Math.max(minWidth, columns ?? maxWidth)),
    bold: colors.bold,
    dim: colors.dim,
    good: colors.green,
    warning: colors.yellow,
    bad: colors.red,
    name: colors.cyan,
  };
};
