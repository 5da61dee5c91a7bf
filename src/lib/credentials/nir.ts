/**
 * The social security number (numéro de sécurité sociale, NIR): 13 characters and a two-digit key.
 *
 *   sex · year · month · department · commune · order number · key       1 85 05 78 006 084 · 91
 *
 * Corsica has 2A and 2B for its department; the key is then computed with 19 and 18. Months 20…42 and 50…99 stand for
 * an incomplete civil status, first digits 3, 4, 7 and 8 for temporary numbers: they are numbers people have, so they pass.
 */
import { typedNumber } from '#lib/text/typed.ts';

export type NirProblem = 'length' | 'characters' | 'key';

export type NirCheck =
  { readonly ok: true; readonly nir: string } | { readonly ok: false; readonly problem: NirProblem };

const FORM = /^[1-478]\d{4}(?:\d{2}|2[AB])\d{8}$/;
const MONTH = /^(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)$/;

/** Accepts spaces, dots, lower case and a label before it, as people copy it from their card or from a letter. */
export function checkNir(text: string): NirCheck {
  const nir = cleaned(text);
  if (nir.length !== 15) return { ok: false, problem: 'length' };
  if (!FORM.test(nir) || !MONTH.test(nir.slice(3, 5))) return { ok: false, problem: 'characters' };
  return nirKey(nir.slice(0, 13)) === nir.slice(13) ? { ok: true, nir } : { ok: false, problem: 'key' };
}

/** 15 characters without separators, or null. Neither month nor key is checked. */
export function normaliseNir(text: string): string | null {
  const nir = cleaned(text);
  return FORM.test(nir) ? nir : null;
}

/** The same with a key that is right, or null. */
export function parseNir(text: string): string | null {
  const nir = normaliseNir(text);
  return nir !== null && nirKey(nir.slice(0, 13)) === nir.slice(13) ? nir : null;
}

function cleaned(text: string): string {
  return typedNumber(text);
}

/** The key of the first 13 characters: 97 − (number mod 97), as two digits. */
export function nirKey(first13: string): string {
  const digits = first13.replace('2A', '19').replace('2B', '18');
  return String(97 - Number(BigInt(digits) % 97n)).padStart(2, '0');
}

/** How many characters of a number there are so far. */
export function nirLength(text: string): number {
  return cleaned(text).length;
}

/** 1 85 05 78 006 084 91: the groups of the printed card. What cannot be a part of a number stays as it was typed. */
export function groupNir(text: string): string {
  const nir = cleaned(text);
  if (!/^(?:\d{0,6}|\d{6}[AB]\d*|\d*)$/.test(nir) || nir.length > 15) return text;
  const ends = [1, 3, 5, 7, 10, 13, 15];
  return ends
    .map((end, index) => nir.slice(ends[index - 1] ?? 0, end))
    .filter((group) => group !== '')
    .join(' ');
}
