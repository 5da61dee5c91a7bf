/** Rows set into pages. Rows that are kept together go to the next page together, unless they are more than a page. */
import type { Row } from './rows.ts';

export interface Placed {
  readonly row: Row;
  /** Of the row's lower edge, above the lower edge of the text area. */
  readonly y: number;
}

export function paginate(rows: readonly Row[], height: number): readonly (readonly Placed[])[] {
  const pages: Placed[][] = [[]];
  let left = height;
  const place = (row: Row): void => {
    const page = pages.at(-1)!;
    left -= (page.length === 0 ? 0 : row.gap) + row.height;
    page.push({ row, y: left });
  };
  let from = 0;
  while (from < rows.length) {
    const group = groupAt(rows, from);
    const needed = group.reduce((sum, row) => sum + row.gap + row.height, 0);
    if (needed > left && pages.at(-1)!.length > 0) {
      pages.push([]);
      left = height;
    }
    for (const row of group) {
      if (row.gap + row.height > left) {
        pages.push([]);
        left = height;
      }
      if (row.head && pages.at(-1)!.length === 0) place(row.head);
      place(row);
    }
    from += group.length;
  }
  return pages;
}

function groupAt(rows: readonly Row[], from: number): readonly Row[] {
  let to = from;
  while (to < rows.length - 1 && rows[to]!.keep) to += 1;
  return rows.slice(from, to + 1);
}
