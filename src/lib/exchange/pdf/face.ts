/**
 * One weight of the embedded font: which characters it has, how wide they are, and how they are written into a page.
 *
 * Characters are encoded one by one and remembered, which makes long papers quick and keeps ligatures out, so that text
 * copied from the paper is the text that was written. Words of scripts that join their letters are shaped whole.
 */
import fontkit from '@pdf-lib/fontkit';
import type { PDFFont } from 'pdf-lib';
import { isRightToLeft, runsOf } from './direction.ts';

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

/**
 * fontkit, which shapes only what is read from right to left. Its shapers of many other scripts call a runtime that it
 * does not bring along; a character by itself needs none.
 */
export const shaper: typeof fontkit = {
  create(data, name) {
    const font = fontkit.create(data, name);
    const shape = font.layout.bind(font);
    font.layout = (text, features) => {
      if (isRightToLeft(text)) return shape(text, features);
      const glyphs = Array.from(text, (character) => font.glyphForCodePoint(character.codePointAt(0) ?? 0));
      return Object.assign(shape(''), { glyphs });
    };
    return font;
  },
};

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
      for (const part of runsOf(text)) width += glyph(part).width;
      return width;
    },
    encode(text) {
      let hex = '';
      for (const part of runsOf(text)) hex += glyph(part).hex;
      return hex;
    },
  };
}
