import { Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  clusterTimeText,
  parseClusterTime,
  tickAfter,
  tickBefore,
} from '../../../../src/source/mongo/cluster-time.ts';

describe('cluster times', () => {
  it.each(['0:1', '1700000000:4294967295', '4294967295:0'])('%s is read and written', (text) => {
    expect(clusterTimeText(parseClusterTime(text))).toBe(text);
  });

  it('have neighbours', () => {
    expect(clusterTimeText(tickAfter(new Timestamp({ t: 5, i: 1 })))).toBe('5:2');
    expect(clusterTimeText(tickAfter(new Timestamp({ t: 5, i: 0xffffffff })))).toBe('6:0');
    expect(tickBefore('5:2')).toBe('5:1');
    expect(tickBefore('6:0')).toBe('5:4294967295');
    expect(tickBefore('0:0')).toBe('0:0');
  });

  it('have one form', () => {
    expect(() => parseClusterTime('5')).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
