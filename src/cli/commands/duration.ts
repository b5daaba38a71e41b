import { InvalidArgumentError } from 'commander';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * `30s`, `5m`, `2h` or `1d` as seconds.
 * @throws InvalidArgumentError for anything else, a number without a unit among it
 */
export const parseDuration = (text: string): number => {
  const parts = /^(\d{1,6})([smhd])$/.exec(text.trim());
  if (parts === null) throw new InvalidArgumentError('It must be a duration such as 30s, 5m, 2h or 1d.');
  return Number(parts[1]) * unitSeconds[parts[2]!]!;
};
