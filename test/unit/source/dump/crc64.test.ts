import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Crc64 } from '../../../../src/source/dump/crc64.ts';
import { plainCrc64 } from '../../../support/archive-writer.ts';

it('gives the check value of CRC-64/XZ', () => {
  const crc = new Crc64();
  crc.add(Buffer.from('123456789'), 0, 9);
  expect(BigInt.asUintN(64, crc.value)).toBe(0x995dc9bbdf1939fan);
});

it('equals the plain algorithm, in whatever pieces the bytes come', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const middle = Math.min(cut, bytes.length);
      const crc = new Crc64();
      crc.add(bytes, 0, middle);
      crc.add(bytes, middle, bytes.length);
      expect(BigInt.asUintN(64, crc.value)).toBe(plainCrc64(bytes));
    }),
  );
});
