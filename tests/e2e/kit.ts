/** A recovery kit in hand: its words into their fields, its code on a picture. */
import { expect, type Locator, type Page } from '@playwright/test';
import encodeQR from 'qr';
import { addressOfHash } from '#lib/keys/address.ts';
import { kitToQr, rootToWords } from '#lib/keys/kit.ts';
import { press } from './page-words.ts';
import { settle } from './support.ts';

const ROOT = Uint8Array.from({ length: 32 }, (_, at) => (at * 37 + 11) % 256);

/** A whole kit that no account was ever made with. */
export const WORDS = rootToWords(ROOT);

export const CODE = kitToQr({
  root: ROOT,
  address: addressOfHash(ROOT),
  madeAt: Date.UTC(2026, 10, 30),
  head: 'ab'.repeat(32),
  relay: null,
});

export const field = (page: Page, position: number): Locator =>
  page.getByRole('combobox', { name: new RegExp(`^Mot n.\\s${position}$`) });

export const known = (page: Page, count: number): Promise<void> =>
  expect(page.getByText(new RegExp(`^${count} mots? sur 24$`))).toBeVisible();

/** As a person pastes it, whatever the clipboard of the machine. */
export async function paste(into: Locator, text: string): Promise<void> {
  await into.focus();
  await into.evaluate((input, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Where the ways of giving a kit are offered: by its words, all at once. */
export async function giveWords(page: Page, words: readonly string[]): Promise<void> {
  await press(page, /Écrire les 24 mots/);
  await giveWordsHere(page, words);
}

/** The same where the fields stand already. */
export async function giveWordsHere(page: Page, words: readonly string[]): Promise<void> {
  await settle(page, /J.écris mes 24 mots/);
  await paste(field(page, 1), words.join(' '));
  await known(page, 24);
  await press(page, 'Continuer');
}

/** A code on paper, as a camera sees it: a few degrees off, in the light of a lamp. */
export async function picture(
  page: Page,
  text: string | null,
  how: { readonly side: number; readonly turned: number; readonly type: string },
): Promise<Buffer> {
  const rows = text === null ? [] : encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const base64 = await page.evaluate(
    ({ rows, side, turned, type }) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [side, side];
      const context = canvas.getContext('2d')!;
      const light = context.createLinearGradient(0, 0, side, side);
      light.addColorStop(0, '#fff');
      light.addColorStop(1, turned === 0 ? '#fff' : '#c8c2b4');
      context.fillStyle = light;
      context.fillRect(0, 0, side, side);
      context.translate(side / 2, side / 2);
      context.rotate((turned * Math.PI) / 180);
      const square = (side * 0.6) / Math.max(rows.length, 1);
      context.fillStyle = turned === 0 ? '#000' : '#2b2b2b';
      for (const [y, row] of rows.entries())
        for (const [x, dark] of row.entries())
          if (dark)
            context.fillRect(
              (x - rows.length / 2) * square,
              (y - rows.length / 2) * square,
              square + 0.5,
              square + 0.5,
            );
      return canvas.toDataURL(type, 0.8).split(',')[1] ?? '';
    },
    { rows, ...how },
  );
  return Buffer.from(base64, 'base64');
}
