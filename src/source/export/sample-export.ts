import { blockBytes } from '../dump/byte-stream.ts';
import type { Packing } from '../dump/file-form.ts';
import { openByteStream } from '../dump/open-byte-stream.ts';
import type { ExportSample } from './export-file.ts';
import { outputBytes, Transcoder } from './transcoder.ts';

const nothing = new Uint8Array(0);

/** Looks at the first megabyte of an export. Damage there is left to those who read the documents. */
export async function sampleExport(path: string, packing: Packing): Promise<ExportSample> {
  const stream = await openByteStream(path, packing);
  try {
    const transcoder = new Transcoder({ collection: '', form: undefined, skip: 0, isWhole: false });
    transcoder.documentsBefore = 0;
    let block = await stream.readBlock(nothing, 0);
    for (;;) {
      transcoder.setText(block, block.length < blockBytes);
      const { count, textEnds } = transcoder.transcode(Buffer.allocUnsafeSlow(outputBytes));
      const { form, madeIds } = transcoder;
      // White space may go on for long.
      const isBlank = form === undefined && block.length >= blockBytes;
      if (!isBlank) return { form, documents: count, textBytes: textEnds[count - 1] ?? 0, madeIds };
      block = await stream.readBlock(nothing, 0);
    }
  } finally {
    await stream.close();
  }
}
