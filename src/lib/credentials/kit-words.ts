/**
 * The French BIP39 list, 2048 words, for the recovery kit and the comparison phrase, and how typed words are read by it.
 * Beside the keys, because the page on which the words are typed helps with them and may import no key.
 *
 * The list is stored decomposed (NFKD), as the standard asks; people are shown composed letters (NFC). No two words
 * differ by accents or case only, so that what is typed is compared without either. No word begins another one, and four
 * letters are enough to tell any two apart.
 */
import { wordlist } from '@scure/bip39/wordlists/french.js';
import { withoutAnyUnseen } from '#lib/text/signs.ts';
import { fold } from '#lib/text/typed.ts';
import { KIT_LENGTH } from './kit-length.ts';

export const WORDS: readonly string[] = wordlist;

/** Enough for the text of a whole sheet, on which the words stand among others. */
const MAX_PIECES = 2000;

/** As shown and printed. */
export function displayed(word: string): string {
  return word.normalize('NFC');
}

const folded = wordlist.map((word) => ({ word, key: fold(word) }));
const known = new Map(folded.map(({ word, key }) => [key, word]));

/** The word of the list that was meant, in the list's spelling, whatever stands around it ("3. abaisser,"); or null. */
export function findWord(typed: string): string | null {
  const [word, ...others] = splitWords(typed);
  return word !== undefined && others.length === 0 ? (known.get(fold(word)) ?? null) : null;
}

/** The first words of the list that begin as typed, as they are shown; none before anything is typed. */
export function completions(typed: string, most: number): string[] {
  const [word, ...others] = splitWords(typed);
  if (word === undefined || others.length > 0) return [];
  const begun = fold(word);
  return folded
    .filter(({ key }) => key.startsWith(begun))
    .slice(0, most)
    .map(({ word }) => displayed(word));
}

/**
 * What was typed or pasted, in one or several pieces, as single words. Their numbers are no words ("1. abaisser", "12)",
 * "3abeille" as a list of a page is copied), and neither is what stands between them.
 */
export function splitWords(typed: string | readonly string[]): string[] {
  const text = typeof typed === 'string' ? typed : typed.join(' ');
  return withoutAnyUnseen(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((piece) => piece.replace(/^\p{N}+/u, ''))
    .filter((word) => word !== '');
}

/**
 * The words of a kit in a text: those that stand together where it has more than a kit's, as the copied text of a sheet
 * has; else all of them.
 */
export function kitIn(text: string): string[] {
  const pieces = splitWords(text).slice(0, MAX_PIECES);
  const unknown = pieces.flatMap((piece, index) => (findWord(piece) === null ? [index] : []));
  const runs = [-1, ...unknown].map((before, n) => pieces.slice(before + 1, unknown[n]));
  return runs.find(({ length }) => length === KIT_LENGTH) ?? pieces;
}
