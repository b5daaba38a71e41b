import type { Random } from '../sample-data/random.ts';

const words =
  'morning harbour light over quiet water with long shadows and slow boats painted in soft oil colours very detailed sharp focus wide view calm mood paper texture evening street after rain red lanterns old bridge stone steps fine ink lines warm tones high contrast'.split(
    ' ',
  );

/** So many words, with spaces between. */
export const phrase = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.pick(words)).join(' ');
