/**
 * One weight of the embedded letters: which characters there are, how wide they are, and how they are written into a page.
 * What the font of the weight does not have is drawn by the next font that has it.
 *
 * Characters are encoded one by one and remembered, which makes long papers quick and keeps ligatures out, so that text
 * copied from the paper is the text that was written. Words of scripts that join their letters are shaped whole.
 */
import fontkit from '@pdf-lib/fontkit';
import type { PDFFont } from 'pdf-lib';
import { isRightToLeft, runsOf } from './direction.ts';

/** Signs as a page's operators write them: in the font of this name, by their numbers in hexadecimal. */
export interface Drawn {
  readonly font: string;
  readonly hex: string;
}

export interface Face {
  has(character: string): boolean;
  /** At size 1. */
  width(text: string): number;
  /** In as few pieces as there are changes of font. */
  encode(text: string): readonly Drawn[];
  /** Told of every sign that no font has. */
  missed(sign: string): void;
}

export interface NamedFont {
  readonly name: string;
  readonly font: PDFFont;
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

/** @param fonts the first that has a character draws it */
export function openFace(fonts: readonly NamedFont[], missing: Set<string>): Face {
  const known = fonts.map((one) => ({ ...one, characters: new Set(one.font.getCharacterSet()) }));
  const glyphs = new Map<string, Drawn & { readonly width: number }>();
  const codeOf = (character: string): number => character.codePointAt(0) ?? 0;

  const glyph = (part: string): Drawn & { readonly width: number } => {
    const kept = glyphs.get(part);
    if (kept) return kept;
    const codes = Array.from(part, codeOf);
    const { name, font } = (known.find(({ characters }) => codes.every((code) => characters.has(code))) ??
      known[0])!;
    const made = {
      font: name,
      hex: font.encodeText(part).asString(),
      width: font.widthOfTextAtSize(part, 1),
    };
    glyphs.set(part, made);
    return made;
  };
  return {
    has: (character) => known.some(({ characters }) => characters.has(codeOf(character))),
    width(text) {
      let width = 0;
      for (const part of runsOf(text)) width += glyph(part).width;
      return width;
    },
    encode(text) {
      const drawn: Drawn[] = [];
      for (const part of runsOf(text)) {
        const { font, hex } = glyph(part);
        const last = drawn.at(-1);
        if (last?.font === font) drawn[drawn.length - 1] = { font, hex: last.hex + hex };
        else drawn.push({ font, hex });
      }
      return drawn;
    },
    missed: (sign) => void missing.add(sign),
  };
}
