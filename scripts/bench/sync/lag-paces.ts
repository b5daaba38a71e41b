/** Changes per second that `docrow sync --follow` has to keep up with. */
export const paces = [1_000, 5_000] as const;

/** So long for each of them. */
export const lagSeconds = 20;
