/**
 * The order in which words of both directions stand on a line that is read from the left: words of Hebrew and
 * Arabic stand from right to left among themselves, with the numbers between them. (The letters within such a word
 * are turned round by the font's shaping.) The whole of Unicode's rules is not needed for names and short remarks.
 */

const LETTERS = '[\\u0590-\\u06ff\\u0750-\\u077f\\ufb1d-\\ufdff\\ufe70-\\ufefc]';
const RIGHT_TO_LEFT = new RegExp(LETTERS, 'u');
const RUNS = new RegExp(`${LETTERS}+|.`, 'gsu');
const LEFT_TO_RIGHT = /\p{L}/u;

export function isRightToLeft(word: string): boolean {
  return RIGHT_TO_LEFT.test(word);
}

/** What is encoded as one: letters that may join, or a character. */
export function runsOf(text: string): Iterable<string> {
  return RIGHT_TO_LEFT.test(text) ? (text.match(RUNS) ?? []) : text;
}

/** The words of a line from left to right, as they are drawn. */
export function drawnOrder(words: readonly string[]): readonly string[] {
  if (!words.some(isRightToLeft)) return words;
  const drawn: string[] = [];
  let run: string[] = [];
  let neutral: string[] = [];
  const close = (): void => {
    drawn.push(...run.reverse(), ...neutral);
    [run, neutral] = [[], []];
  };
  for (const word of words) {
    if (isRightToLeft(word)) {
      run.push(...neutral, word);
      neutral = [];
    } else if (run.length > 0 && !LEFT_TO_RIGHT.test(word)) neutral.push(word);
    else {
      close();
      drawn.push(word);
    }
  }
  close();
  return drawn;
}
