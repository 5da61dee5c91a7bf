/** What helps to type the words of a kit: the list, and how typed text is read by it. Fetched where words are typed. */
import * as kitWords from '#lib/credentials/kit-words.ts';

/** More than these would cover the next fields. */
const MOST = 5;

export const help = {
  /** Text as single words, of a whole sheet too. */
  split: kitWords.kitIn,
  /** The word that was meant, as it is shown; null when the list has none. */
  find(typed: string): string | null {
    const found = kitWords.findWord(typed);
    return found === null ? null : kitWords.displayed(found);
  },
  /** What the word may become. */
  complete: (typed: string): readonly string[] => kitWords.completions(typed, MOST),
};

export type WordHelp = typeof help;
