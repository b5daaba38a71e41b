import { describe, expect, it } from 'vitest';
import { FeedClock, timeAfterEvent } from '../../../../src/source/mongo/feed-clock.ts';

const clock = (isSharded = false): FeedClock => new FeedClock({ from: '10:5', startsAt: '10:5', isSharded });
const nothing = { lastEvent: undefined, isCut: false, token: undefined, asked: undefined };

describe('the time that a position claims', () => {
  it('is that of an event when all of an answer came', () => {
    const times = clock().advance({ ...nothing, lastEvent: '11:3', token: '11:3' });
    expect(times).toEqual({ before: '10:5', afterEvents: '11:3', afterAll: '11:3' });
  });

  it('is before that of an event when the answer was cut off, until there is nothing more', () => {
    const time = clock();
    const cut = time.advance({ ...nothing, lastEvent: '11:3', isCut: true, token: '11:3' });
    expect(cut).toEqual({ before: '10:5', afterEvents: '11:2', afterAll: '11:2' });
    expect(time.advance({ ...nothing, token: '11:3' }).afterAll).toBe('11:3');
  });

  it('is that of the token when more was looked at than there were events', () => {
    const times = clock().advance({ ...nothing, lastEvent: '11:3', isCut: true, token: '12:1' });
    expect(times).toEqual({ before: '10:5', afterEvents: '11:2', afterAll: '12:1' });
  });

  it('moves on with the token while nothing happens, but not by the one that the feed begins with', () => {
    const time = new FeedClock({ from: '10:5', startsAt: '10:6', isSharded: false });
    expect(time.advance({ ...nothing, token: '10:6' }).afterAll).toBe('10:5');
    expect(time.advance({ ...nothing, token: '10:7' }).afterAll).toBe('10:7');
  });

  it('moves on with the time of the server, where its tokens do not say theirs and there was no event', () => {
    const time = clock();
    expect(time.advance({ ...nothing, asked: '12:0' }).afterAll).toBe('12:0');
    expect(time.advance({ ...nothing, lastEvent: '12:1', asked: '12:9' }).afterAll).toBe('12:1');
  });

  it('is before that of events and tokens of a router, whose shards may have more of that time', () => {
    const time = clock(true);
    const times = time.advance({ ...nothing, lastEvent: '11:3', token: '11:3' });
    expect(times).toEqual({ before: '10:5', afterEvents: '11:2', afterAll: '11:2' });
    expect(time.advance({ ...nothing, token: '11:3' }).afterAll).toBe('11:2');
    expect(time.advance({ ...nothing, token: '12:0' }).afterAll).toBe('11:4294967295');
  });

  it('never falls', () => {
    const time = clock();
    expect(time.advance({ ...nothing, token: '9:1' }).afterAll).toBe('10:5');
    expect(time.advance({ ...nothing, lastEvent: '10:4', token: '10:4' }).afterAll).toBe('10:5');
    expect(time.time).toBe('10:5');
    expect(timeAfterEvent('10:5', '10:5', true)).toBe('10:5');
    expect(timeAfterEvent('10:5', '10:7', true)).toBe('10:6');
    expect(timeAfterEvent('10:5', '10:7', false)).toBe('10:7');
  });
});
