import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { kitPdf } from './kit-pdf.ts';

const words = (
  'abaisser ébène cactus dauphin écureuil façade galerie hirondelle ivoire jasmin kiosque lavande ' +
  'magasin nénuphar ombrage papillon quiétude ruisseau soleil tambour univers velours wagon zébrure'
).split(' ');

/** The text of the page: every string shown by its content streams, in WinAnsi as the standard fonts have it. */
async function textOf(pdf: Blob): Promise<string> {
  const bytes = Buffer.from(await pdf.arrayBuffer());
  const raw = bytes.toString('latin1');
  const streams = [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => {
    try {
      return inflateSync(Buffer.from(body, 'latin1')).toString('latin1');
    } catch {
      return '';
    }
  });
  const shown = streams.flatMap((stream) =>
    [...stream.matchAll(/<([0-9A-F]+)> Tj/g)].map(([, hex = '']) => hex),
  );
  return new TextDecoder('windows-1252').decode(Buffer.from(shown.join('0A'), 'hex'));
}

describe('the recovery kit on paper', () => {
  test('holds the 24 words with their accents as real text, and says what they are', async () => {
    const pdf = await kitPdf({
      words,
      qr: 'carnet-kit:QZXW4F7H2K9M3N5P',
      address: 'carnet1qy352euf40x77qfrg4ncn27daugfrg4ncn27dauqy352euf40x7zsh5md3',
      identifiant: 'claire.martin',
      language: 'fr',
      text: {
        title: 'Clé de secours de mon carnet',
        of: 'Carnet de Łucja Œuvrard\u202f!',
        made: 'Faite le 23 novembre 2026',
        wordsTitle: 'Les 24 mots, dans l’ordre',
        identifiant: 'Identifiant',
        address: 'Adresse de mon carnet',
        warnings: ['Ces 24 mots ouvrent ce carnet. Qui les a peut tout lire.'],
      },
    });
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
});
