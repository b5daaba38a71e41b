import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  parseResumeToken,
  resumeTokenText,
  timeOfResumeToken,
} from '../../../../src/source/mongo/resume-token.ts';

/** The form of MongoDB 4.4 to 8: `82`, seconds and increment, version, kind of token, … */
const tokens = {
  event: `8265A1B2C3000000072B042C0100296E5A1004${'AB'.repeat(16)}46645F69640064${'63'.repeat(12)}0004`,
  highWaterMark: '8265A1B2C3FFFFFFFF2B0429296E1404',
};
const bytesOf = (token: BSON.Document): Uint8Array => BSON.serialize(token);

describe('a resume token', () => {
  it('tells its time', () => {
    expect(timeOfResumeToken(bytesOf({ _data: tokens.event }))).toBe('1705095875:7');
    expect(timeOfResumeToken(bytesOf({ _data: tokens.highWaterMark }))).toBe('1705095875:4294967295');
    expect(timeOfResumeToken(bytesOf({ _typeBits: 1, _data: tokens.event.toLowerCase() }))).toBe(
      '1705095875:7',
    );
  });

  it.each([
    { _data: '2b000000127300010000000000000011740004000000857a' },
    { _data: '8265A1B2C30000' },
    { _data: new BSON.Binary(Buffer.from('8265A1B2C300000007', 'hex')) },
    { _data: '' },
    {},
  ])('of another form does not (%o)', (token) => {
    expect(timeOfResumeToken(bytesOf(token))).toBeUndefined();
  });

  it.each([
    { _data: tokens.event },
    { _data: tokens.event, _typeBits: new BSON.Binary(Buffer.from([0x82, 0])) },
    { _data: 'not "hex"' },
    { _data: new BSON.Binary(Buffer.from([1])), more: new BSON.Double(1) },
    { other: '82', _data: '82' },
    {},
  ])('goes through text unchanged (%o)', (token) => {
    const text = resumeTokenText(bytesOf(token));
    expect(text).toBe(BSON.EJSON.stringify(token, { relaxed: false }));
    expect(BSON.serialize(parseResumeToken(text))).toEqual(bytesOf(token));
  });
});
