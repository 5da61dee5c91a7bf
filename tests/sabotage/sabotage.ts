/**
 * A sabotage: one line on which security or durability hang, broken on purpose, and the tests that should notice. The list
 * stands in list/, by part of the product; main.ts breaks one after the other in a copy of the tree.
 */
export interface Sabotage {
  /** Words with hyphens, like the title of what is lost: `npm run sabotage -- ID` runs this one alone. */
  readonly id: string;
  readonly file: string;
  /** Stands at exactly one place in the file, and whole statements stay whole: what does not load was not tested. */
  readonly find: string;
  readonly replace: string;
  /** What somebody could do, or would lose, if the line were missing. */
  readonly why: string;
  /** Test files that should notice: `….test.ts`, and `….e2e.ts` for what only a browser shows. */
  readonly tests: readonly string[];
}

/** Text with the line broken; undefined where it does not stand at exactly one place. */
export function broken(text: string, { find, replace }: Sabotage): string | undefined {
  const [before, after, ...more] = text.split(find);
  return after === undefined || more.length > 0 ? undefined : before + replace + after;
}
