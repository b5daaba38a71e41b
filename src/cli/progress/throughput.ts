interface Sample {
  readonly at: number;
  readonly documents: number;
  readonly bytes: number;
}

/** How fast a collection moves, over the last seconds: chunks arrive in bursts, so a single one says little. */
export class Throughput {
  readonly #windowMs: number;
  readonly #startedAt: number;
  readonly #samples: Sample[] = [];

  /** @param now milliseconds of a monotonic clock; so is `at` below */
  constructor(now: number, windowMs = 15_000) {
    this.#startedAt = now;
    this.#windowMs = windowMs;
  }

  add(at: number, documents: number, bytes: number): void {
    this.#samples.push({ at, documents, bytes });
  }

  /** Documents and bytes per second; zero before the first chunk. */
  rate(at: number): { readonly documents: number; readonly bytes: number } {
    while (this.#samples[0] !== undefined && this.#samples[0].at < at - this.#windowMs) this.#samples.shift();
    const seconds = Math.max(0.001, Math.min(this.#windowMs, at - this.#startedAt) / 1000);
    let documents = 0;
    let bytes = 0;
    for (const sample of this.#samples) {
      documents += sample.documents;
      bytes += sample.bytes;
    }
    return { documents: documents / seconds, bytes: bytes / seconds };
  }
}
