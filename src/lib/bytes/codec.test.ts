import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, toOwned, type Bytes } from './bytes.ts';
import { decodeWith, MalformedBytes, Reader } from './reader.ts';
import { Writer } from './writer.ts';

type Step =
  | { verb: 'u8' | 'u16' | 'u32' | 'u64' | 'varint'; value: number }
  | { verb: 'u64big'; value: bigint }
  | { verb: 'bytes' | 'lengthPrefixed'; value: Bytes };

const blob = fc.uint8Array({ maxLength: 700 }).map(toOwned);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ verb: fc.constant('u8' as const), value: fc.nat(0xff) }),
  fc.record({ verb: fc.constant('u16' as const), value: fc.nat(0xffff) }),
  fc.record({ verb: fc.constant('u32' as const), value: fc.nat(0xffff_ffff) }),
  fc.record({ verb: fc.constantFrom('u64' as const, 'varint' as const), value: fc.maxSafeNat() }),
  fc.record({ verb: fc.constant('u64big' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
  fc.record({ verb: fc.constantFrom('bytes' as const, 'lengthPrefixed' as const), value: blob }),
);

function write(steps: readonly Step[], writer = new Writer(1)): Bytes {
  for (const { verb, value } of steps) (writer[verb] as (value: unknown) => void).call(writer, value);
  return writer.finish();
}

function read(reader: Reader, { verb, value }: Step): unknown {
  if (verb === 'bytes') return toOwned(reader.bytes(value.length));
  if (verb === 'lengthPrefixed') return toOwned(reader.lengthPrefixed(1000));
  return reader[verb]();
}

describe('reader and writer', () => {
  test('read back whatever was written, from any start size of the buffer', () => {
    fc.assert(
      fc.property(fc.array(step), fc.nat(300), (steps, size) => {
        const bytes = write(steps, new Writer(size));
        const values = decodeWith(bytes, (reader) => steps.map((each) => read(reader, each)));
        expect(values).toEqual(steps.map(({ value }) => value));
      }),
    );
  });

  test('refuse every truncation and every extra byte, by null and by nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(), (steps, cut) => {
        const bytes = write(steps);
        const all = (reader: Reader) => steps.map((each) => read(reader, each));
        if (bytes.length > 0) expect(decodeWith(bytes.slice(0, cut % bytes.length), all)).toBeNull();
        expect(decodeWith(concat(bytes, Uint8Array.of(0)), all)).toBeNull();
      }),
    );
  });

  test('read a view that does not start at the beginning of its buffer', () => {
    const whole = concat(Uint8Array.of(9, 9, 9), new Writer().u32(7).u16(8).finish());
    expect(decodeWith(whole.subarray(3), (reader) => [reader.u32(), reader.u16()])).toEqual([7, 8]);
  });

  test('write big-endian', () => {
    const bytes = new Writer().u16(1).u32(2).u64(3).finish();
    expect([...bytes]).toEqual([0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3]);
  });

  test('refuse a number that does not fit', () => {
    for (const value of [-1, 256, 1.5, Number.NaN]) expect(() => new Writer().u8(value)).toThrow(RangeError);
    expect(() => new Writer().u64(2 ** 53)).toThrow(RangeError);
    expect(() => new Writer().u64big(2n ** 64n)).toThrow(RangeError);
    expect(decodeWith(write([{ verb: 'u64big', value: 2n ** 53n }]), (reader) => reader.u64())).toBeNull();
  });

  test.each([
    ['a zero continued', [0x80, 0x00]],
    ['one with a useless byte', [0x81, 0x80, 0x00]],
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['nine bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['nothing after a continuation', [0xff]],
  ])('refuse the varint %s', (_, bytes) => {
    expect(decodeWith(Uint8Array.from(bytes), (reader) => reader.varint())).toBeNull();
  });

  test('refuse a length above the maximum without reading it', () => {
    const bytes = new Writer().lengthPrefixed(new Uint8Array(11)).finish();
    expect(decodeWith(bytes, (reader) => reader.lengthPrefixed(10))).toBeNull();
  });

  test('throw MalformedBytes, and let a defect of the reader pass through', () => {
    expect(() => new Reader(new Uint8Array(0)).u8()).toThrow(MalformedBytes);
    expect(() => new Reader(new Uint8Array(4)).bytes(-1)).toThrow(MalformedBytes);
    const defect = (): never => {
      throw new Error('defect');
    };
    expect(() => decodeWith(new Uint8Array(0), defect)).toThrow('defect');
  });

  test('leave what was finished alone when more is written', () => {
    const writer = new Writer(4).u16(1);
    const first = writer.finish();
    writer.u16(0xffff);
    expect([...first]).toEqual([0, 1]);
  });
});
