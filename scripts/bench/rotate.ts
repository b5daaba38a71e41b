/** The list from another place on in each round, so that nothing always runs first or after the same thing. */
export function rotate<T>(list: readonly T[], round: number): readonly T[] {
  if (list.length === 0) return list;
  const start = round % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
