import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFile, sniff } from './file-type.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const join = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));

const pdf = ascii(`%PDF-1.7\n${'x'.repeat(4000)}\nstartxref\n12\n%%EOF\n`);
/** A thumbnail with its own end marker inside EXIF, then the picture. */
const exif = join([0xff, 0xe1, 0, 8], ascii('Exif'), [0xff, 0xd9]);
const jpeg = join([0xff, 0xd8], exif, [0xff, 0xda, 0, 4, 1, 0], Array(200).fill(7), [0xff, 0xd9]);
const png = join(
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  Array(100).fill(1),
  ascii('IEND'),
  [0xae, 0x42, 0x60, 0x82],
);

describe('files, told by their bytes', () => {
  test('DOC-06: a PDF, a JPEG and a PNG are recognised', () => {
    expect(checkFile(pdf)).toEqual({ ok: true, mime: 'application/pdf' });
    expect(checkFile(jpeg)).toEqual({ ok: true, mime: 'image/jpeg' });
    expect(checkFile(png)).toEqual({ ok: true, mime: 'image/png' });
  });

  test('DOC-06: bytes before a PDF header and behind a photo are usual, and accepted', () => {
    expect(checkFile(join(ascii('\n\n'), pdf)).ok).toBe(true);
    expect(checkFile(join(jpeg, ascii('camera notes'))).ok).toBe(true);
  });

  test.each([
    ['a page', ascii('<!doctype html><p>%PDF-</p>%%EOF')],
    ['a drawing that runs scripts', ascii('<?xml version="1.0"?><svg onload="x()"/>')],
    ['an archive', join([0x50, 0x4b, 3, 4], Array(50).fill(0))],
    ['a program', join([0x4d, 0x5a], Array(50).fill(0))],
    ['an empty file', new Uint8Array()],
    ['a HEIC photo', join([0, 0, 0, 24], ascii('ftypheic'))],
  ])('DOC-09: %s is refused', (_, bytes) => {
    expect(checkFile(bytes)).toEqual({ ok: false, problem: 'type-refused' });
  });

  test('DOC-08 DOC-10: a PDF of five million bytes passes, one more byte does not; a picture is compressed first', () => {
    const sized = (size: number) => join(pdf.slice(0, 20), new Uint8Array(size - 26), ascii('%%EOF\n'));
    expect(checkFile(sized(5_000_000)).ok).toBe(true);
    expect(checkFile(sized(5_000_001))).toEqual({ ok: false, problem: 'too-large' });
    expect(checkFile(join(png.slice(0, 50), new Uint8Array(5_000_000), png.slice(50))).ok).toBe(true);
  });

  test('a truncated file is refused wherever it was cut, although its thumbnail is whole', () => {
    for (const whole of [pdf, jpeg, png]) {
      fc.assert(
        fc.property(fc.integer({ min: 9, max: whole.length - 7 }), (cut) => {
          expect(checkFile(whole.slice(0, cut)).ok).toBe(false);
        }),
      );
    }
  });

  test('any bytes get an answer', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.constantFrom(new Uint8Array(), jpeg.slice(0, 3)),
        (noise, start) => {
          expect(() => checkFile(join(start, noise))).not.toThrow();
          expect(sniff(noise.slice(0, 1024))).toBe(sniff(noise));
        },
      ),
    );
  });
});
