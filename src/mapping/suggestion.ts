import { nearestName } from '../errors/nearest-name.ts';

/** The end of a problem's sentence: `; did you mean "x"?`, or nothing when no valid name is near. */
export function suggestion(written: string, valid: Iterable<string>): string {
  const nearest = nearestName(written, valid);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}
