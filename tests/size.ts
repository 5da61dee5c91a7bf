// How large a function, a folder and a page may be. `size.test.ts` holds the whole tree against it.

import { posix } from 'node:path';
import ts from 'typescript';

/** From the first line of a function to its last, what is nested in it included. */
export const MAX_FUNCTION = 60;

/** Files that stand in one folder; those in folders below are not counted. */
export const MAX_FOLDER = 15;

/** Lines of the page in the middle, when all are put in order. */
export const MAX_MEDIAN_PAGE = 40;

type Sources = ReadonlyMap<string, string>;

interface Measured {
  readonly name: string;
  /** Where it begins. */
  readonly line: number;
  readonly length: number;
}

/** One sentence for each function of the product that is too long, the longest first. */
export function longFunctions(sources: Sources): string[] {
  return [...sources]
    .filter(([file]) => /\.(ts|svelte|mjs|js)$/.test(file) && !isTest(file))
    .flatMap(([file, text]) => functionsOf(file, text).map((one) => ({ file, ...one })))
    .filter(({ length }) => length > MAX_FUNCTION)
    .sort((a, b) => b.length - a.length)
    .map(
      ({ file, name, line, length }) =>
        `${file}:${line} ${name} has ${length} lines, ${MAX_FUNCTION} are allowed: give its steps names of their own, in functions over what they need, or in a class with short methods where they share state.`,
    );
}

/** One sentence for each of these folders, or folders within, that holds too many files. */
export function fullFolders(sources: Sources, folders: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of sources.keys()) {
    const folder = posix.dirname(file);
    const isMeant = folders.some((one) => folder === one || folder.startsWith(`${one}/`));
    if (isMeant && !isTest(file)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > MAX_FOLDER)
    .map(
      ([folder, count]) =>
        `${folder} holds ${count} files, ${MAX_FOLDER} are allowed: give those that belong together a folder with a name.`,
    );
}

/** A sentence when the page in the middle is too long. */
export function longPages(sources: Sources): string[] {
  const pages = [...sources]
    .filter(([file]) => posix.basename(file) === '+page.svelte')
    .map(([file, text]) => ({ file, length: text.trimEnd().split('\n').length }))
    .sort((a, b) => a.length - b.length);
  const median = medianOf(pages.map(({ length }) => length));
  if (median <= MAX_MEDIAN_PAGE) return [];
  const long = pages.filter(({ length }) => length > MAX_MEDIAN_PAGE).reverse();
  return [
    `Half of the ${pages.length} pages have ${median} lines or more, ${MAX_MEDIAN_PAGE} are allowed: what a page computes belongs in src/lib/app, what it shows in a component. The long ones: ${long.map(({ file, length }) => `${file} (${length})`).join(', ')}.`,
  ];
}

function medianOf(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

/** Every function of a file that has a body: in a component, those of its scripts. */
export function functionsOf(file: string, text: string): Measured[] {
  if (!file.endsWith('.svelte')) return functionsOfScript(file, text, 1);
  return [...text.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)].flatMap((match) => {
    const [, tag = '', script = ''] = match;
    const before = text.slice(0, match.index + tag.length);
    return functionsOfScript(`${file}.ts`, script, before.split('\n').length);
  });
}

function functionsOfScript(file: string, text: string, firstLine: number): Measured[] {
  const found: Measured[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node, holder: string): void => {
    const name = nameOf(node) ?? holder;
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const start = lineOf(node.getStart(source));
      found.push({ name, line: firstLine + start, length: lineOf(node.end) - start + 1 });
    }
    ts.forEachChild(node, (child) => visit(child, name));
  };
  visit(source, 'a function');
  return found;
}

/** What a function is called, or what it is given to. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const name = (node as ts.NamedDeclaration).name;
  if (name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name)))
    return name.text;
  return undefined;
}

function isTest(file: string): boolean {
  return file.startsWith('tests/') || file.endsWith('.test.ts');
}
