/**
 * Does several things at once. The first that fails stops the others; when all have ended, its error is thrown.
 * @param works each gets a signal that stops it
 */
export async function runTogether<T extends readonly unknown[]>(
  signal: AbortSignal,
  works: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> },
): Promise<T> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Those that are stopped for its sake say only that they were.
  let first: { readonly error: unknown } | undefined;
  const attempts = works.map(async (work) => {
    try {
      return await work(either);
    } catch (error) {
      first ??= { error };
      failed.abort();
      throw error;
    }
  });
  const results = await Promise.allSettled(attempts);
  if (first !== undefined) throw first.error;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
