import { MongoNetworkError, MongoNetworkTimeoutError, MongoParseError, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { toMongoError } from '../../../../src/source/mongo/to-mongo-error.ts';

const serverError = (code: number, labels: readonly string[] = []): MongoServerError =>
  new MongoServerError({ message: 'canary value', code, codeName: 'SomeName', errorLabels: [...labels] });

describe('toMongoError', () => {
  it.each([
    [13, 'source-denied'],
    [18, 'source-denied'],
    [43, 'source-cursor-lost'],
    [237, 'source-cursor-lost'],
    [175, 'source-cursor-lost'],
    [10107, 'source-cursor-lost'],
    [286, 'source-history-lost'],
    [136, 'source-history-lost'],
    [2, 'source-refused'],
  ])('code %d is %s', (code, expected) => {
    const error = toMongoError(serverError(code), { collection: 'x' });
    expect(error).toMatchObject({ code: expected, context: { collection: 'x' } });
    expect(error.message).toContain(`SomeName, code ${code}`);
    expect(error.message).not.toMatch(/canary/);
  });

  it('goes by the label of a code that it does not know', () => {
    expect(toMongoError(serverError(99_999, ['RetryableWriteError'])).code).toBe('source-cursor-lost');
    expect(toMongoError(serverError(99_999)).code).toBe('source-refused');
  });

  it('knows errors of the network and of the URI', () => {
    expect(toMongoError(new MongoNetworkError('x')).code).toBe('source-unreachable');
    expect(toMongoError(new MongoNetworkTimeoutError('x')).code).toBe('source-unreachable');
    expect(toMongoError(new MongoParseError('x')).code).toBe('settings-invalid');
    expect(toMongoError(new TypeError('x')).code).toBe('internal');
  });
});
