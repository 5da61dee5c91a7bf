/**
 * A paper, described: what it says, in the words of its reader, and nothing of how it looks. Whoever describes one needs
 * no fonts and no PDF.
 */

export interface Fact {
  readonly label: string;
  readonly text: string;
}

/** One of several alike: what it is called, when, and what is said of it. */
export interface PaperEntry {
  readonly title: string;
  readonly when: string;
  readonly facts: readonly Fact[];
}

export type Block =
  | { readonly type: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly type: 'text'; readonly text: string; readonly soft?: true }
  | { readonly type: 'facts'; readonly facts: readonly Fact[] }
  | { readonly type: 'entries'; readonly entries: readonly PaperEntry[] }
  | {
      readonly type: 'table';
      /** How wide a column is beside the others. */
      readonly columns: readonly { readonly title: string; readonly share: number }[];
      readonly rows: readonly (readonly string[])[];
    };

export interface Paper {
  readonly title: string;
  readonly author: string;
  /** As HTML names it: 'fr', 'en'. */
  readonly language: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly blocks: readonly Block[];
  /** What is said at its end where the fonts lack a sign of it. */
  readonly missing: string;
  /** At the foot of each page: whose paper it is, and which page; `{page}` and `{pages}` are filled in. */
  readonly foot: { readonly whose: string; readonly page: string };
}
