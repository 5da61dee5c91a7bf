/**
 * The French BIP39 list, 2048 words, for the recovery kit and the comparison phrase.
 *
 * The list is stored decomposed (NFKD), as the standard asks; people are shown composed letters (NFC). No two words
 * differ by accents or case only, so that what is typed is compared without either.
 */
import { wordlist } from '@scure/bip39/wordlists/french.js';

export const WORDS: readonly string[] = wordlist;

/** As shown and printed. */
export function displayed(word: string): string {
  return word.normalize('NFC');
}

const known = new Map(wordlist.map((word) => [fold(word), word]));

/** The word of the list that was meant, in the list's spelling; null when there is none. */
export function findWord(typed: string): string | null {
  return known.get(fold(typed)) ?? null;
}

/** What was typed, in one or several pieces, as single words. */
export function splitWords(typed: string | readonly string[]): string[] {
  const text = typeof typed === 'string' ? typed : typed.join(' ');
  return text.split(/[\s,;.]+/u).filter((word) => word !== '');
}

function fold(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
