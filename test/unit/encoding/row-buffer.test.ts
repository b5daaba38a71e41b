import { describe, expect, it } from 'vitest';
import { pageBytes, RowBuffer } from '../../../src/encoding/row-buffer.ts';

const text = (buffer: RowBuffer): string => buffer.memory.bytes.toString('latin1', 0, buffer.length);

/** A row of one letter; writes beyond the memory are lost, as typed arrays do it. */
const row = (letter: string, size: number, by: 'bytes' | 'view' = 'bytes') => ({
  writeRow(output: { bytes: Buffer; view: DataView }, position: number): number {
    const code = letter.charCodeAt(0);
    for (let i = 0; i < size; i++) {
      if (by === 'bytes') output.bytes[position + i] = code;
      else output.view.setUint8(position + i, code);
    }
    return position + size;
  },
});

describe('a row buffer', () => {
  it.each(['bytes', 'view'] as const)('grows for a row that does not fit, written by %s', (by) => {
    const buffer = new RowBuffer();
    buffer.append(row('a', 10, by));
    buffer.append(row('b', 1_000_000, by));
    buffer.append(row('c', 10, by));
    expect(text(buffer)).toBe(`${'a'.repeat(10)}${'b'.repeat(1_000_000)}${'c'.repeat(10)}`);
  });

  it('keeps nothing of a row that fails, nor of one that is taken back', () => {
    const buffer = new RowBuffer();
    buffer.append(row('a', 5));
    const failing = {
      writeRow(output: { bytes: Buffer }, position: number): number {
        output.bytes.fill(0x78, position, position + 100);
        throw new TypeError('On purpose');
      },
    };
    expect(() => buffer.append(failing)).toThrow('On purpose');
    expect(text(buffer)).toBe('aaaaa');
    buffer.append(row('b', 300_000));
    buffer.truncate(5);
    buffer.append(row('c', 2));
    expect(text(buffer)).toBe('aaaaacc');
  });

  it('gives up over 1 GB instead of growing for ever', () => {
    const endless = { writeRow: (): number => Number.MAX_SAFE_INTEGER };
    expect(() => new RowBuffer().append(endless)).toThrow('1 GB');
  });

  it('blames the document when many rows of it together do not fit', () => {
    const buffer = new RowBuffer();
    const size = 200 * 1024 * 1024;
    // Nothing is written: only the sizes count.
    buffer.append({ writeRow: (_output, position) => position + size });
    expect(() => buffer.append({ writeRow: (_output, position) => position + size })).toThrow(
      expect.objectContaining({ code: 'document-too-large' }),
    );
  });

  it('hands over whole rows and starts anew', () => {
    const buffer = new RowBuffer();
    buffer.append(row('a', pageBytes - 1));
    expect(buffer.isFull).toBe(false);
    buffer.append(row('b', 1));
    expect(buffer.isFull).toBe(true);
    const page = buffer.takePage();
    expect(page.length).toBe(pageBytes);
    expect(buffer.length).toBe(0);
    buffer.append(row('c', 3));
    expect(page.memory.bytes.toString('latin1', pageBytes - 2, pageBytes)).toBe('ab');
    expect(text(buffer)).toBe('ccc');
  });

  it('uses memory again that was released, unless it has grown', () => {
    const buffer = new RowBuffer();
    buffer.append(row('a', 1));
    const first = buffer.takePage();
    first.release();
    buffer.append(row('b', 1_000_000));
    const grown = buffer.takePage();
    expect(buffer.memory).toBe(first.memory);
    grown.release();
    buffer.takePage();
    expect(buffer.memory).not.toBe(grown.memory);
  });
});
