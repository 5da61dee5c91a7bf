/** Text made drawable: characters that the font has, cut into lines that fit. */
import { drawnOrder } from './direction.ts';
import type { Face } from './face.ts';

/** Stands for what the font cannot draw, so that nothing is left out unseen. */
export const MISSING = '\u25af';

type Signs = Pick<Face, 'has' | 'missed'>;

const graphemes = new Intl.Segmenter('fr', { granularity: 'grapheme' });

/** What is left of a text when the font draws it: a mark for each sign that it does not have. */
export function drawable(text: string, face: Signs): string {
  // eslint-disable-next-line no-control-regex -- no font draws them
  const clean = text.normalize('NFC').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ');
  if (isDrawable(clean, face)) return clean;
  let drawn = '';
  for (const { segment } of graphemes.segment(clean)) drawn += drawableSign(segment, face);
  return drawn;
}

/**
 * A letter keeps its place when only its accent is missing; an emoji of many parts is one sign. A sign that is only another
 * form of plain ones (㎎, １２) is drawn as those. What has nothing to be seen is no sign.
 */
function drawableSign(sign: string, face: Signs): string {
  if (isDrawable(sign, face)) return sign;
  const visible = sign.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  if (isDrawable(visible, face)) return visible;
  const plain = visible.normalize('NFKC');
  if (isDrawable(plain, face)) return plain;
  face.missed(sign);
  const [first = ''] = sign;
  return isDrawable(first, face) && /[\p{L}\p{N}]/u.test(first) ? first + MISSING : MISSING;
}

function isDrawable(text: string, face: Signs): boolean {
  for (const character of text) if (character !== '\n' && !face.has(character)) return false;
  return true;
}

/**
 * The lines of a text.
 * @param width of a line, at size 1
 * @param indent what is taken already of the first line
 */
export function linesOf(text: string, face: Face, width: number, indent = 0): readonly string[] {
  return drawable(text, face)
    .split('\n')
    .flatMap((paragraph, index) => wrap(paragraph, face, width, index === 0 ? indent : 0));
}

function wrap(paragraph: string, face: Face, width: number, indent: number): readonly string[] {
  const space = face.width(' ');
  const lines: string[] = [];
  let line: string[] = [];
  let taken = indent;
  const close = (): void => {
    lines.push(drawnOrder(line).join(' '));
    [line, taken] = [[], 0];
  };
  // The spaces of French that do not break are not among them.
  for (const word of paragraph.split(' ').filter((part) => part !== '')) {
    let rest = word;
    let needed = face.width(rest);
    if (line.length > 0 && taken + space + needed > width) close();
    if (line.length === 0 && taken > 0 && taken + needed > width) close();
    // What fits on no line is cut where the line ends.
    while (line.length === 0 && needed > width) {
      const fitting = beginning(rest, face, width);
      if (fitting === rest) break;
      line.push(fitting);
      close();
      rest = rest.slice(fitting.length);
      needed = face.width(rest);
    }
    taken += needed + (line.length > 0 ? space : 0);
    line.push(rest);
  }
  close();
  return lines;
}

/** As much of a word as fits, and at least one character of it. */
function beginning(word: string, face: Face, width: number): string {
  let fitting = '';
  let taken = 0;
  for (const character of word) {
    taken += face.width(character);
    if (taken > width && fitting !== '') break;
    fitting += character;
  }
  return fitting;
}
