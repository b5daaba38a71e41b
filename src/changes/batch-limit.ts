const mostDocuments = 10_000;
const fewestDocuments = 50;
/** BSON bytes of one transaction: what is read of it is kept, and sent, in parts. */
const bytesWanted = 64 * 1024 * 1024;
/** A batch that takes longer keeps readers of the tables, and a stop, waiting. */
const secondsWanted = 2;

/** How many documents to apply in one transaction, learnt from the last ones: as many as fit time and memory. */
export class BatchLimit {
  #documents = 1_000;

  get documents(): number {
    return this.#documents;
  }

  /** @param batch what the last one had, and took */
  learn(batch: { readonly documents: number; readonly bytes: number; readonly seconds: number }): void {
    if (batch.documents === 0) return;
    const byBytes = bytesWanted / Math.max(1, batch.bytes / batch.documents);
    const byTime = secondsWanted / Math.max(1e-6, batch.seconds / batch.documents);
    // A small batch says little about how fast a large one would be, so the limit grows with the batches.
    const most = batch.documents < this.#documents ? this.#documents : this.#documents * 2;
    this.#documents = Math.round(
      Math.max(fewestDocuments, Math.min(mostDocuments, most, byBytes, Math.max(byTime, fewestDocuments))),
    );
  }
}
