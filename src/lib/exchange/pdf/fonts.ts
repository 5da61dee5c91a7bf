/** The fonts of a paper: two weights, and those that are asked for only when the paper has a sign that the two lack. */
import type { PDFDocument } from 'pdf-lib';
import type { Paper } from '../paper.ts';
import { type NamedFont, openFace, shaper } from './face.ts';
import type { Faces } from './rows.ts';

export interface FontFiles {
  readonly plain: Uint8Array;
  readonly bold: Uint8Array;
  /** Fonts with other signs, in the order in which they are tried. */
  readonly others: () => Promise<readonly Uint8Array[]>;
}

export interface OpenFonts {
  readonly faces: Faces;
  readonly all: readonly NamedFont[];
  /** The signs that none of them has, as they are come upon. */
  readonly missing: ReadonlySet<string>;
}

export async function openFonts(pdf: PDFDocument, paper: Paper, files: FontFiles): Promise<OpenFonts> {
  pdf.registerFontkit(shaper);
  const embed = async (name: string, file: Uint8Array): Promise<NamedFont> => ({
    name,
    font: await pdf.embedFont(file, { subset: true }),
  });
  const plain = await embed('F1', files.plain);
  const bold = await embed('F2', files.bold);
  const others: NamedFont[] = [];
  const lacking = lackingIn(paper, [plain, bold]);
  for (const file of lacking.size > 0 ? await files.others() : []) {
    const has = new Set(shaper.create(file).characterSet);
    const found = [...lacking].filter((code) => has.has(code));
    if (found.length === 0) continue;
    others.push(await embed(`F${others.length + 3}`, file));
    for (const code of found) lacking.delete(code);
  }
  const missing = new Set<string>();
  return {
    faces: {
      plain: openFace([plain, bold, ...others], missing),
      bold: openFace([bold, plain, ...others], missing),
    },
    all: [plain, bold, ...others],
    missing,
  };
}

/** The characters of all that the paper says; it is plain data. */
function lackingIn(paper: Paper, fonts: readonly NamedFont[]): Set<number> {
  const known = new Set(fonts.flatMap(({ font }) => font.getCharacterSet()));
  const found = new Set<number>();
  const look = (part: unknown): void => {
    if (typeof part === 'string')
      for (const sign of part.normalize('NFC')) found.add(sign.codePointAt(0) ?? 0);
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(look);
  };
  look(paper);
  return new Set([...found].filter((code) => !known.has(code)));
}
