/**
 * One weight of the embedded font: which characters it has, how wide they are, and how they are written into a page.
 *
 * Characters are encoded one by one and remembered, which makes long papers quick and keeps ligatures out, so that text
 * copied from the paper is the text that was written. Words of scripts that join their letters are shaped whole.
 */
import type { PDFFont } from 'pdf-lib';
import { isRightToLeft } from './direction.ts';

export interface Face {
  /** The name by which a page's operators call the font. */
  readonly name: string;
  readonly font: PDFFont;
  has(character: string): boolean;
  /** At size 1. */
  width(text: string): number;
  /** As hexadecimal glyph numbers. */
  encode(text: string): string;
}

/** What is encoded as one: a character, or a word whose letters join. */
function* partsOf(text: string): Iterable<string> {
  if (!isRightToLeft(text)) return yield* text;
  for (const word of text.split(/( )/))
    if (isRightToLeft(word)) yield word;
    else yield* word;
}

export function openFace(name: string, font: PDFFont): Face {
  const known = new Set(font.getCharacterSet());
  const glyphs = new Map<string, { readonly hex: string; readonly width: number }>();

  const glyph = (part: string): { readonly hex: string; readonly width: number } => {
    const kept = glyphs.get(part);
    if (kept) return kept;
    const made = { hex: font.encodeText(part).asString(), width: font.widthOfTextAtSize(part, 1) };
    glyphs.set(part, made);
    return made;
  };
  return {
    name,
    font,
    has: (character) => known.has(character.codePointAt(0) ?? 0),
    width(text) {
      let width = 0;
      for (const part of partsOf(text)) width += glyph(part).width;
      return width;
    },
    encode(text) {
      let hex = '';
      for (const part of partsOf(text)) hex += glyph(part).hex;
      return hex;
    },
  };
}
