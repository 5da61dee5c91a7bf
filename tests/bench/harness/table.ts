/** A table on the terminal: first column left, the rest right. */
import { round, summarise } from './stats.ts';

export type Cell = string | number;

export function printTable(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const lines = [head, ...rows.map((row) => row.map(text))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const render = (line: readonly string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  console.log(`\n${title}\n${[render(lines[0]!), rule, ...lines.slice(1).map(render)].join('\n')}`);
}

/** Least, median and greatest of the samples, as three cells. */
export function spread(samples: readonly number[]): Cell[] {
  const { min, median, max } = summarise(samples);
  return [min, median, max];
}

export function note(text: string): void {
  console.log(text);
}

function text(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return '–';
  return String(Math.abs(cell) >= 1000 ? Math.round(cell) : round(cell));
}
