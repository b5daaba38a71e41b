import { Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { streamStart } from '../../../../src/source/mongo/change-cursor.ts';

describe('where a change stream begins', () => {
  it('is after the time, which the server would count in', () => {
    const start = streamStart({ clusterTime: '5:1', resumeToken: undefined });
    expect(start).toEqual({ startAtOperationTime: new Timestamp({ t: 5, i: 2 }) });
  });

  it('is after the token, also of an invalidate', () => {
    const start = streamStart({ clusterTime: '5:1', resumeToken: '{"_data":"82"}' });
    expect(start).toEqual({ startAfter: { _data: '82' } });
  });
});
