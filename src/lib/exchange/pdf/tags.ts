/**
 * The tags of a paper: what each piece of it is, in reading order, for those who hear it or let it flow anew. pdf-lib
 * has no interface for them, so they are written as the objects that PDF 1.7 (ISO 32000-1, 14.7 and 14.8) asks for.
 */
import type { Progress } from '../jobs.ts';
import { type PDFDocument, PDFName, type PDFPage, PDFRef } from 'pdf-lib';

export type Role =
  'Document' | 'H1' | 'H2' | 'H3' | 'P' | 'L' | 'LI' | 'Lbl' | 'LBody' | 'Table' | 'TR' | 'TH' | 'TD';

/** A run of a page's operators, by the number that they carry there. */
interface Marked {
  readonly page: number;
  readonly id: number;
}

export interface Tag {
  readonly role: Role;
  readonly kids: (Tag | Marked)[];
}

export class Tags {
  readonly root: Tag = { role: 'Document', kids: [] };
  /** Of each page, the tag of each marked run. */
  readonly #owners: Tag[][] = [];

  add(role: Role, parent: Tag = this.root): Tag {
    const tag: Tag = { role, kids: [] };
    parent.kids.push(tag);
    return tag;
  }

  /** The operator that begins a run of `tag` on a page; `EMC` ends it. */
  begin(tag: Tag, page: number): string {
    const owners = (this.#owners[page] ??= []);
    const id = owners.push(tag) - 1;
    tag.kids.push({ page, id });
    return `/${tag.role} <</MCID ${id}>> BDC`;
  }

  /** Writes the tree, and the table that leads from a run on a page to its tag. */
  write(pdf: PDFDocument, pages: readonly PDFPage[], progress: Progress): void {
    const { context, catalog } = pdf;
    const treeRef = context.nextRef();
    const refs = new Map<Tag, PDFRef>();
    const total = this.#owners.reduce((sum, { length }) => sum + length, 0);
    const writeTag = (tag: Tag, parent: PDFRef): PDFRef => {
      const ref = context.nextRef();
      refs.set(tag, ref);
      progress(refs.size, total);
      // Nearly every tag stands on one page: named once, its runs are plain numbers, which thousands of tags are felt by.
      const on = tag.kids.find((kid) => 'page' in kid)?.page;
      const kids = tag.kids.map((kid) => {
        if ('role' in kid) return writeTag(kid, ref);
        return kid.page === on
          ? context.obj(kid.id)
          : context.obj({ Type: 'MCR', Pg: pages[kid.page]!.ref, MCID: kid.id });
      });
      context.assign(
        ref,
        context.obj({
          Type: 'StructElem',
          S: tag.role,
          P: parent,
          ...(on === undefined ? {} : { Pg: pages[on]!.ref }),
          K: kids.length === 1 ? kids[0]! : kids,
          // ISO 32000-1, 14.8.5.7: what a header cell heads.
          ...(tag.role === 'TH' ? { A: { O: 'Table', Scope: 'Column' } } : {}),
        }),
      );
      return ref;
    };
    const root = writeTag(this.root, treeRef);
    const parents = pages.flatMap((_, page) => [
      page,
      context.register(context.obj((this.#owners[page] ?? []).map((tag) => refs.get(tag)!))),
    ]);
    context.assign(
      treeRef,
      context.obj({
        Type: 'StructTreeRoot',
        K: [root],
        ParentTree: { Nums: parents },
        ParentTreeNextKey: pages.length,
      }),
    );
    catalog.set(PDFName.of('StructTreeRoot'), treeRef);
    catalog.set(PDFName.of('MarkInfo'), context.obj({ Marked: true }));
    for (const [index, page] of pages.entries()) {
      page.node.set(PDFName.of('StructParents'), context.obj(index));
      page.node.set(PDFName.of('Tabs'), PDFName.of('S'));
    }
  }
}
