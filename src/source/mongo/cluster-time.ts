import { Timestamp } from 'mongodb';
import { DocrowError } from '../../errors/docrow-error.ts';

const lastIncrement = 0xffffffff;

/** As `seconds:increment`. */
export const clusterTimeText = (time: Timestamp): string =>
  `${time.getHighBitsUnsigned()}:${time.getLowBitsUnsigned()}`;

/** @throws DocrowError `internal` when it is not `seconds:increment` */
export function parseClusterTime(text: string): Timestamp {
  const match = /^(\d+):(\d+)$/.exec(text);
  if (match === null)
    throw new DocrowError('internal', 'A cluster time is not of the form seconds:increment');
  return new Timestamp({ t: Number(match[1]), i: Number(match[2]) });
}

/** The first time after this one. */
export function tickAfter(time: Timestamp): Timestamp {
  const [t, i] = [time.getHighBitsUnsigned(), time.getLowBitsUnsigned()];
  return i === lastIncrement ? new Timestamp({ t: t + 1, i: 0 }) : new Timestamp({ t, i: i + 1 });
}

/** The last time before this one, both as `seconds:increment`. */
export function tickBefore(text: string): string {
  const time = parseClusterTime(text);
  const [t, i] = [time.getHighBitsUnsigned(), time.getLowBitsUnsigned()];
  if (i > 0) return `${t}:${i - 1}`;
  return t > 0 ? `${t - 1}:${lastIncrement}` : text;
}
