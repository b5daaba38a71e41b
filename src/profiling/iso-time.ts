/** What a JavaScript date holds, in milliseconds around 1970. */
const dateLimit = 8_640_000_000_000_000n;

/** ISO 8601 in UTC; for the few times that JavaScript cannot hold, the milliseconds in words. */
export const isoTime = (milliseconds: bigint): string =>
  milliseconds <= dateLimit && milliseconds >= -dateLimit
    ? new Date(Number(milliseconds)).toISOString()
    : `${milliseconds} ms after 1970`;
