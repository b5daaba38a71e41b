/** Documents that came in one answer of the server: offsets into the memory of that answer. */
export interface DocumentPage {
  readonly bytes: Buffer;
  /** Over the same memory as `bytes`. */
  readonly view: DataView;
  readonly starts: Int32Array;
  readonly count: number;
}

/** A query that is being read page by page. One call at a time. */
export interface PageCursor {
  /** Undefined when everything was read. Pages may be empty. */
  next(): Promise<DocumentPage | undefined>;

  /** Lets the server forget the cursor. Does not fail. */
  close(): Promise<void>;
}
