/** Files as programs in France save them; no byte decides how the others are read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, type Encoding, guessEncoding, looksLikeText } from './encoding.ts';

const TEXT =
  'Date;Soin;Payé\r\n05/01/2026;Hébergement « été » à Nîmes;12,50 €\r\n06/01/2026;Suivi de Zoë – forêt;9,00 €\r\n';

/** The bytes of a text whose signs beyond Latin-1 stand where this encoding has them. */
function saved(text: string, elsewhere: Readonly<Record<string, number>> = {}): Uint8Array {
  return Uint8Array.from([...text], (sign) => elsewhere[sign] ?? sign.charCodeAt(0));
}

const CP850 = {
  é: 0x82,
  è: 0x8a,
  à: 0x85,
  î: 0x8c,
  ê: 0x88,
  ë: 0x89,
  '«': 0xae,
  '»': 0xaf,
  '€': 0xd5,
  '–': 0x2d,
};
const MAC = {
  é: 0x8e,
  è: 0x8f,
  à: 0x88,
  î: 0x94,
  ê: 0x90,
  ë: 0x91,
  '«': 0xc7,
  '»': 0xc8,
  '€': 0xdb,
  '–': 0xd0,
};

test.each<[Encoding, Uint8Array, boolean, string]>([
  ['utf-8', new TextEncoder().encode(TEXT), true, TEXT],
  ['utf-8', new TextEncoder().encode(`\ufeff${TEXT}`), true, TEXT],
  ['windows-1252', saved(TEXT, { '€': 0x80, '–': 0x96 }), true, TEXT],
  ['iso-8859-15', saved(TEXT, { '€': 0xa4, '–': 0x2d }), true, TEXT.replace('–', '-')],
  ['cp850', saved(TEXT, CP850), false, TEXT.replace('–', '-')],
  ['macintosh', saved(TEXT, MAC), false, TEXT],
  ['utf-16le', Uint8Array.from(Buffer.from(TEXT, 'utf16le')), true, TEXT],
  ['utf-16le', Uint8Array.from(Buffer.from(`\ufeff${TEXT}`, 'utf16le')), true, TEXT],
  ['utf-16be', Uint8Array.from(Buffer.from(TEXT, 'utf16le').swap16()), true, TEXT],
  ['utf-16be', Uint8Array.from(Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()), true, TEXT],
])(
  'HIS-01: a file in %s is read as such; where it may be another one, that is said',
  (encoding, bytes, isSure, text) => {
    expect(guessEncoding(bytes)).toEqual({ encoding, isSure });
    expect(decode(bytes, encoding)).toEqual({ text, odd: [], isCut: false });
    expect(looksLikeText(bytes)).toBe(true);
  },
);

test('HIS-01: one byte that is no UTF-8 changes itself alone, wherever it stands, and is told', () => {
  const bytes = new TextEncoder().encode(TEXT);
  fc.assert(
    fc.property(fc.nat({ max: TEXT.length }), fc.constantFrom(0xe9, 0xff, 0x80, 0xc3), (place, byte) => {
      const [before, behind] = [TEXT.slice(0, place), TEXT.slice(place)];
      const odd = [...new TextEncoder().encode(before), byte, ...new TextEncoder().encode(behind)];
      expect(odd).toHaveLength(bytes.length + 1);
      const file = Uint8Array.from(odd);
      expect(guessEncoding(file)).toEqual({ encoding: 'utf-8', isSure: true });
      const read = decode(file, 'utf-8');
      if (!read.isCut) {
        expect(read.text.slice(0, place) + read.text.slice(place + 1)).toBe(TEXT);
        expect(read.odd[0]).toBe(place);
      }
    }),
  );
});

test('HIS-01: a file that ends within a sign loses that sign alone, and it is told', () => {
  const bytes = new TextEncoder().encode('Payé : 19,00 €');
  for (const less of [1, 2]) {
    const cut = bytes.subarray(0, bytes.length - less);
    expect(guessEncoding(cut)).toEqual({ encoding: 'utf-8', isSure: true });
    expect(decode(cut, 'utf-8')).toEqual({ text: 'Payé : 19,00 ', odd: [], isCut: true });
  }
  const wide = Uint8Array.from(Buffer.from(TEXT, 'utf16le')).subarray(0, -1);
  expect([guessEncoding(wide).encoding, decode(wide, 'utf-16le').isCut]).toEqual(['utf-16le', true]);
});

test('HIS-01: every byte stands in the text or is told, whatever it is read as', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const encoding of ['utf-8', 'windows-1252', 'iso-8859-15', 'macintosh', 'cp850'] as const) {
        const { text, isCut } = decode(bytes, encoding);
        expect(text.isWellFormed()).toBe(true);
        if (encoding === 'utf-8')
          expect(text === '' && !isCut).toBe(
            /^(?:\xef\xbb\xbf)*$/.test(Buffer.from(bytes).toString('latin1')),
          );
        else expect(text).toHaveLength(bytes.length);
      }
    }),
  );
});

test('HIS-01: a control among much text is a slip, and a picture is no text', () => {
  const bytes = new TextEncoder().encode(TEXT);
  expect(looksLikeText(Uint8Array.from([...bytes, 0]))).toBe(true);
  expect(decode(Uint8Array.from([0x61, 0, 0x62]), 'utf-8')).toEqual({
    text: 'a\u0000b',
    odd: [1],
    isCut: false,
  });
  expect(looksLikeText(Uint8Array.from([0x50, 0x4b, 3, 4, 0x14, 0, 0, 0, 8, 0]))).toBe(false);
});
