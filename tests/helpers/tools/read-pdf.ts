/** A PDF read back by pdf.js, which had no part in writing it. */
import { getDocument, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A node of the tag tree, with the text that it holds itself. */
export interface ReadTag {
  readonly role: string;
  readonly text: string;
  readonly kids: readonly ReadTag[];
}

export interface ReadPdf {
  readonly pages: number;
  /** Everything on a page, furniture too. */
  readonly text: (page: number) => Promise<string>;
  /** What a page's tags say of it: the root. */
  readonly tags: (page: number) => Promise<ReadTag>;
  readonly title: unknown;
  readonly language: unknown;
  readonly isMarked: boolean;
  readonly close: () => Promise<void>;
}

type Item = {
  readonly str?: string;
  readonly hasEOL?: boolean;
  readonly type?: string;
  readonly id?: string;
};
interface Node {
  readonly role?: string;
  readonly type?: string;
  readonly id?: string;
  readonly children?: readonly Node[];
}

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  const document: PDFDocumentProxy = await task.promise;
  const { info } = await document.getMetadata();
  const marks = await document.getMarkInfo();
  return {
    pages: document.numPages,
    async text(page) {
      const { items } = await (await document.getPage(page)).getTextContent();
      return (items as Item[])
        .map(({ str }) => str ?? '')
        .join('')
        .replace(/\s+/g, ' ');
    },
    tags: async (page) => tagsOf(await document.getPage(page)),
    title: (info as Record<string, unknown>)['Title'],
    language: (info as Record<string, unknown>)['Language'],
    isMarked: marks?.Marked === true,
    close: () => task.destroy(),
  };
}

async function tagsOf(page: PDFPageProxy): Promise<ReadTag> {
  const { items } = await page.getTextContent({ includeMarkedContent: true });
  const texts = new Map<string, string>();
  const open: (string | undefined)[] = [];
  for (const { type, id, str = '', hasEOL } of items as Item[]) {
    if (type?.startsWith('beginMarkedContent')) open.push(id);
    else if (type === 'endMarkedContent') open.pop();
    else {
      const owner = open.findLast((one) => one !== undefined);
      if (owner !== undefined) texts.set(owner, `${texts.get(owner) ?? ''}${str}${hasEOL ? ' ' : ''}`);
    }
  }
  const read = ({ role = '', children = [] }: Node): ReadTag => ({
    role,
    text: children
      .filter(({ type }) => type === 'content')
      .map(({ id }) => texts.get(id ?? '') ?? '')
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim(),
    kids: children.filter(({ type }) => type !== 'content').map(read),
  });
  return read(await page.getStructTree());
}

/** Each text of a tag tree in reading order, with its role: "H1 Synthèse". */
export function readAloud({ role, text, kids }: ReadTag): string[] {
  return [...(text === '' ? [] : [`${role} ${text}`]), ...kids.flatMap(readAloud)];
}
