import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { kitPdf, type KitSheet } from './kit-pdf.ts';
import { decodeQr } from './qr-image.ts';

const words = (
  'abaisser ébène cactus dauphin écureuil façade galerie hirondelle ivoire jasmin kiosque lavande ' +
  'magasin nénuphar ombrage papillon quiétude ruisseau soleil tambour univers velours wagon zébrure'
).split(' ');

const SHEET: KitSheet = {
  words,
  qr: 'CARNET KIT 1 QZXW4F7H2K9M3N5P',
  address: 'carnet1qy352euf40x77qfrg4ncn27daugfrg4ncn27dauqy352euf40x7zsh5md3',
  identifiant: 'claire.martin',
  language: 'fr',
  text: {
    title: 'Clé de secours de mon carnet',
    of: 'Carnet de Łucja Œuvrard\u202f!',
    made: 'Faite le 23 novembre 2026 avec carnet.example',
    wordsTitle: 'Les 24 mots, dans l’ordre',
    identifiant: 'Identifiant',
    address: 'Adresse de mon carnet',
    warnings: ['Ces 24 mots ouvrent ce carnet. Qui les a peut tout lire.'],
  },
};

/** What the streams of a page say, one after the other. */
async function streamsOf(pdf: Blob): Promise<string[]> {
  const raw = Buffer.from(await pdf.arrayBuffer()).toString('latin1');
  return [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => {
    try {
      return inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
    } catch {
      return '';
    }
  });
}

/** The text of the page: every string shown by its content streams, in WinAnsi as the standard fonts have it. */
async function textOf(pdf: Blob): Promise<string> {
  const shown = (await streamsOf(pdf)).flatMap((stream) =>
    [...stream.matchAll(/<([0-9A-F]+)> Tj/g)].map(([, hex = '']) => hex),
  );
  return new TextDecoder('windows-1252').decode(Buffer.from(shown.join('0A'), 'hex'));
}

describe('the recovery kit on paper', () => {
  test('holds the 24 words with their accents as real text, and says what they are', async () => {
    const pdf = await kitPdf(SHEET);
    const text = await textOf(pdf);
    for (const word of words) expect(text.split('\n')).toContain(word);
    expect(text).toContain('claire.martin');
    expect(text.replaceAll('\n', '')).toContain(
      'carnet1qy352euf40x77qfrg4ncn27daugfrg4ncn27dauqy352euf40x7zsh5md3',
    );
    // A letter that the standard fonts lack becomes a mark, and never stops the kit from being made.
    expect(text).toContain('Carnet de ?ucja Œuvrard\u00a0!');
    expect(pdf.type).toBe('application/pdf');
  });

  test.each([
    ['of today', 'CARNET KIT 1 ' + 'QZXW4F7H2K9M3N5P'.repeat(7).slice(0, 109)],
    ['of 180 signs', 'CARNET KIT 2 ' + 'QZXW4F7H2K9M3N5P'.repeat(11).slice(0, 167)],
    ['of 180 signs that need more room', 'carnet kit 2 ' + 'qzxw4f7h2k9m3n5p'.repeat(11).slice(0, 167)],
  ])('has a QR code %s that is read from the page, each square at least a millimetre', async (_name, qr) => {
    const squares = await squaresOf(await kitPdf({ ...SHEET, qr }));
    const side = Math.min(...squares.map(({ width }) => width)) - 0.1; // they overlap by a hair
    expect(side / MM).toBeGreaterThanOrEqual(1);
    expect(decodeQr(drawn(squares, side))).toBe(qr);
    const [left, right] = [Math.min, Math.max].map((of) => of(...squares.map(({ x }) => x)));
    expect(left).toBeGreaterThan(50);
    expect(right).toBeLessThan(260);
  });

  test('leaves room for its warnings below the largest code', async () => {
    const long =
      'Ces 24 mots ouvrent ce carnet, et rien d’autre ne l’ouvre si tous les appareils sont perdus. '.repeat(
        2,
      );
    const pdf = await kitPdf({
      ...SHEET,
      qr: 'carnet kit 2 ' + 'qzxw4f7h2k9m3n5p'.repeat(11).slice(0, 167),
      text: { ...SHEET.text, warnings: [long, long, long.slice(0, 80), long.slice(0, 80)] },
    });
    const heights = (await streamsOf(pdf)).flatMap((stream) =>
      [...stream.matchAll(/1 0 0 1 [\d.]+ (-?[\d.]+) Tm/g)].map(([, y]) => Number(y)),
    );
    expect(heights.length).toBeGreaterThan(50);
    expect(Math.min(...heights)).toBeGreaterThan(30);
  });
});

const MM = 72 / 25.4;

interface Square {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The black rectangles of a page: those of the code alone are so. */
async function squaresOf(pdf: Blob): Promise<Square[]> {
  const black = /0 0 0 rg\s[^Q]*?1 0 0 1 ([\d.]+) ([\d.]+) cm[^Q]*?0 0 m\s0 ([\d.]+) l/g;
  return (await streamsOf(pdf)).flatMap((stream) =>
    [...stream.matchAll(black)].map(([, x, y, width]) => ({
      x: Number(x),
      y: Number(y),
      width: Number(width),
    })),
  );
}

/** At 200 dots to the inch, as a scanner would see it. */
function drawn(squares: readonly Square[], side: number): ImageData {
  const dots = 200 / 72;
  const edge = 4 * side; // the white around it
  const left = Math.min(...squares.map(({ x }) => x)) - edge;
  const bottom = Math.min(...squares.map(({ y }) => y)) - edge;
  const size = Math.ceil((Math.max(...squares.map(({ x }) => x)) - left + edge) * dots);
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const { x, y, width } of squares)
    for (let row = Math.floor((y - bottom) * dots); row < (y - bottom + width) * dots; row++)
      for (let column = Math.floor((x - left) * dots); column < (x - left + width) * dots; column++) {
        const at = ((size - 1 - row) * size + column) * 4;
        data.fill(0, at, at + 3);
      }
  return { width: size, height: size, data, colorSpace: 'srgb' };
}
