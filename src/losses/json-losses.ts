import { readBinaryContent } from '../bson/binary-content.ts';
import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { looksLikeWrapper } from './extended-json-key.ts';
import { type LossSet, loss, noLoss } from './loss-kind.ts';
import type { LossPath } from './loss-path.ts';
import type { LossSink } from './loss-sink.ts';
import { inNaturalJson, inNormalizedJson, isNumber } from './number-losses.ts';

export interface JsonForm {
  /** `normalized` is the text of `convert: ejson`. */
  readonly style: 'natural' | 'canonical' | 'normalized';
  /** True for jsonb, which has an order of keys of its own and each key once; false for json and text. */
  readonly isBinary: boolean;
  /** NUL characters are taken out of texts. */
  readonly stripsNul: boolean;
}

export type JsonWalk = (
  type: number,
  bytes: Buffer,
  view: DataView,
  at: number,
  path: LossPath,
  sink: LossSink,
) => void;

/** What a value loses as JSON, at every path inside of it. The value is one that was written as JSON without a problem. */
export function jsonWalk(form: JsonForm): JsonWalk {
  const { style, isBinary, stripsNul } = form;
  const scope = style === 'natural' ? jsonWalk({ ...form, style: 'canonical' }) : undefined;

  const walk: JsonWalk = (type, bytes, view, at, path, sink) => {
    switch (type) {
      case bsonType.document:
        return ofDocument(bytes, view, at, path, sink);
      case bsonType.array:
        return ofArray(bytes, view, at, path, sink);
      case bsonType.codeWithScope: {
        if (stripsNul && holdsNul(bytes, view, at + 4)) sink.add(path, loss('nul-stripped'));
        const scopeAt = at + 8 + view.getInt32(at + 4, true);
        return (scope ?? walk)(bsonType.document, bytes, view, scopeAt, path, sink);
      }
      default: {
        const losses = ofScalar(type, bytes, view, at);
        if (losses !== noLoss) sink.add(path, losses);
      }
    }
  };

  const ofScalar = (type: number, bytes: Buffer, view: DataView, at: number): LossSet => {
    if (isText(type)) return stripsNul && holdsNul(bytes, view, at) ? loss('nul-stripped') : noLoss;
    if (style === 'canonical') return noLoss;
    if (isNumber(type)) return (style === 'natural' ? inNaturalJson : inNormalizedJson)(type, view, at);
    if (style === 'normalized') return noLoss;
    if (type === bsonType.date || type === bsonType.objectId) return loss('type-changed');
    if (type !== bsonType.binary) return noLoss;
    const { subtype, start, end } = readBinaryContent(bytes, view, at);
    const keepsSubtype = subtype === 0 || (subtype === 4 && end - start === 16);
    return loss('type-changed') | (keepsSubtype ? noLoss : loss('binary-subtype'));
  };

  const ofArray = (bytes: Buffer, view: DataView, start: number, path: LossPath, sink: LossSink): void => {
    const limit = start + view.getInt32(start, true) - 1;
    let index = 0;
    for (let at = start + 4; at < limit; index++) {
      const type = bytes[at]!;
      const stop = keyEnd(bytes, at + 1, limit);
      if (!isPosition(bytes, at + 1, stop, index)) sink.add(path, loss('array-keys'));
      walk(type, bytes, view, stop + 1, path, sink);
      at = valueEnd(type, bytes, view, stop + 1, limit);
    }
  };

  const ofDocument = (bytes: Buffer, view: DataView, start: number, path: LossPath, sink: LossSink): void => {
    const limit = start + view.getInt32(start, true) - 1;
    if (looksLikeWrapper(bytes, view, start, style === 'natural')) sink.add(path, loss('extended-json-key'));
    let before = -1;
    let beforeStop = -1;
    let isOrdered = true;
    for (let at = start + 4; at < limit; ) {
      const type = bytes[at]!;
      const keyAt = at + 1;
      const stop = keyEnd(bytes, keyAt, limit);
      if (before >= 0 && compareKeys(bytes, before, beforeStop, keyAt, stop) >= 0) isOrdered = false;
      before = keyAt;
      beforeStop = stop;
      walk(type, bytes, view, stop + 1, path.child(bytes.toString('latin1', keyAt, stop)), sink);
      at = valueEnd(type, bytes, view, stop + 1, limit);
    }
    if (!isOrdered && isBinary) sink.add(path, orderLosses(bytes, view, start, limit));
  };
  return walk;
}

/** Of an object whose keys do not rise strictly: what jsonb makes of them. */
function orderLosses(bytes: Buffer, view: DataView, start: number, limit: number): LossSet {
  // Of equal keys the last one stays, and counts for the order.
  const last = new Map<string, Buffer>();
  let count = 0;
  for (let at = start + 4; at < limit; count++) {
    const stop = keyEnd(bytes, at + 1, limit);
    const key = bytes.toString('latin1', at + 1, stop);
    last.delete(key);
    last.set(key, bytes.subarray(at + 1, stop));
    at = valueEnd(bytes[at]!, bytes, view, stop + 1, limit);
  }
  if (last.size === count) return loss('key-order');
  let before: Buffer | undefined;
  let isOrdered = true;
  for (const key of last.values()) {
    if (before !== undefined && (before.length - key.length || before.compare(key)) > 0) isOrdered = false;
    before = key;
  }
  return loss('duplicate-key') | (isOrdered ? noLoss : loss('key-order'));
}

/** jsonb's order of keys: shorter ones first, those of one length by their bytes (lengthCompareJsonbString). */
function compareKeys(bytes: Buffer, a: number, aStop: number, b: number, bStop: number): number {
  const shorter = aStop - a - (bStop - b);
  if (shorter !== 0) return shorter;
  for (; a < aStop; a++, b++) {
    const difference = bytes[a]! - bytes[b]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

const isText = (type: number): boolean =>
  type === bsonType.string ||
  type === bsonType.symbol ||
  type === bsonType.code ||
  type === bsonType.dbPointer;

/** Whether the text of a string at `at` has a NUL character. */
export function holdsNul(bytes: Buffer, view: DataView, at: number): boolean {
  const end = at + 3 + view.getInt32(at, true);
  const found = bytes.indexOf(0, at + 4);
  return found >= 0 && found < end;
}

/** Whether the key of an array's element is its position, as it should be. */
export function isPosition(bytes: Buffer, keyAt: number, keyStop: number, index: number): boolean {
  let left = index;
  for (let at = keyStop - 1; at >= keyAt; at--) {
    if (bytes[at] !== 0x30 + (left % 10)) return false;
    left = Math.floor(left / 10);
    if (left === 0) return at === keyAt;
  }
  return false;
}
