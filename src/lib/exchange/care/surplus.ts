/**
 * Rows that have more cells than the header has names. Most come from amounts with a decimal comma in a file that is
 * separated by commas ("30,00" became two cells): what they are is asked, and a row that can be put together in two ways
 * is not put together.
 */

/** The halves of amounts are put together; the cells are columns of their own; the rows are left aside. */
export type SurplusAnswer = 'join' | 'apart' | 'aside';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Surplus {
  /** The rows that are concerned, by their first lines. */
  readonly lines: readonly number[];
  /** Whether they look like amounts in halves. */
  readonly canJoin: boolean;
}

const WHOLE = /^[-+\u2212(]?\s?\d{1,3}(?:[ .'’\u00a0\u202f]?\d{3})*$/;
const CENTS = /^\d{1,2}\s?(?:€|eur|euros?)?\)?-?$/i;

/** How many columns have a name; all that there are where the file has no header. */
export function namedColumns(headers: readonly string[]): number {
  return headers.findLastIndex((header) => header !== '') + 1;
}

/** What has to be asked about the rows; null for nothing. */
export function surplusOf(
  headers: readonly string[],
  rows: readonly Row[],
  separator: string,
): Surplus | null {
  const named = namedColumns(headers);
  if (named === 0) {
    const joined = separator === ',' && halvesOf(rows).length > 0;
    return joined ? { lines: rows.map(({ line }) => line), canJoin: true } : null;
  }
  const over = rows.filter(({ cells }) => isOver(cells, named));
  if (over.length === 0) return null;
  const canJoin = separator === ',' && over.some(({ cells }) => joinedTo(cells, named) !== null);
  return { lines: over.map(({ line }) => line), canJoin };
}

/** The rows as the person said; null for one that is left aside. */
export function settled(
  headers: readonly string[],
  rows: readonly Row[],
  answer: SurplusAnswer,
): (readonly string[] | null)[] {
  const named = namedColumns(headers);
  if (answer === 'apart') return rows.map(({ cells }) => cells);
  if (answer === 'aside') return rows.map(({ cells }) => (isOver(cells, named) ? null : cells));
  if (named === 0) {
    const halves = halvesOf(rows);
    return rows.map(({ cells }) => joinAt(cells, halves));
  }
  return rows.map(({ cells }) => {
    if (isOver(cells, named)) return joinedTo(cells, named);
    // As many cells as names, and still perhaps one amount in halves and another that is missing.
    return pairsIn(cells).length > 0 ? null : cells;
  });
}

function isOver(cells: readonly string[], named: number): boolean {
  return cells.slice(named).some((cell) => cell !== '');
}

/** Where an amount may have been cut in two. */
function pairsIn(cells: readonly string[]): number[] {
  return cells.flatMap((cell, at) => (WHOLE.test(cell) && CENTS.test(cells[at + 1] ?? '') ? [at] : []));
}

/** As many cells as there are names, where there is one way to get there; else null. */
function joinedTo(cells: readonly string[], named: number): readonly string[] | null {
  const filled = cells.slice(0, Math.max(named, cells.findLastIndex((cell) => cell !== '') + 1));
  const ways = waysOf(pairsIn(filled), filled.length - named);
  return ways.length === 1 ? joinAt(filled, ways[0]!) : null;
}

/** The choices of so many pairs that do not overlap; two are enough to know that there is not one. */
function waysOf(pairs: readonly number[], count: number): number[][] {
  if (count === 0) return [[]];
  const ways: number[][] = [];
  for (const [index, at] of pairs.entries()) {
    const rest = pairs.slice(index + 1).filter((next) => next > at + 1);
    if (mostApart(rest) < count - 1) continue;
    for (const way of waysOf(rest, count - 1)) ways.push([at, ...way]);
    if (ways.length > 1) break;
  }
  return ways;
}

/** How many of the pairs can be taken without an overlap: where these are too few, no choice is tried. */
function mostApart(pairs: readonly number[]): number {
  let [count, last] = [0, -Infinity];
  for (const at of pairs)
    if (at > last + 1) {
      count += 1;
      last = at;
    }
  return count;
}

function joinAt(cells: readonly string[], halves: readonly number[]): readonly string[] {
  return cells.flatMap((cell, at) => {
    if (halves.includes(at)) return [`${cell},${cells[at + 1] ?? ''}`];
    return halves.includes(at - 1) ? [] : [cell];
  });
}

/** Without a header: the columns that every row has cut in two, from the left. */
function halvesOf(rows: readonly Row[]): number[] {
  const halves: number[] = [];
  const [first, ...others] = rows.map(({ cells }) => new Set(pairsIn(cells)));
  for (const at of first ?? [])
    if (others.every((pairs) => pairs.has(at)) && halves.at(-1) !== at - 1) halves.push(at);
  return halves;
}
