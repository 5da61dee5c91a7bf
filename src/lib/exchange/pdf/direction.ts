/**
 * The order in which words of both directions stand on a line that is read from the left: words of Hebrew, Arabic and
 * their like stand from right to left among themselves, with the numbers between them. (The letters within such a word
 * are turned round by the font's shaping.) The whole of Unicode's rules is not needed for names and short remarks.
 */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LEFT_TO_RIGHT = /\p{L}/u;

export function isRightToLeft(word: string): boolean {
  return RIGHT_TO_LEFT.test(word);
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
