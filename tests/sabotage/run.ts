/** A run of tests, as it is asked for and told. */

export interface Asked {
  readonly tests: readonly string[];
  /** To the last test; else to the first failure. */
  readonly all: boolean;
  /** Files that were written since the run before, from the root of the tree. */
  readonly changed: readonly string[];
}

/** A test that failed. */
export interface Failure {
  /** From the root of the tree. */
  readonly file: string;
  readonly title: string;
  readonly message: string;
}

/** `broken` when nothing ran: a sabotage that does not load says nothing of any test. */
export type Run =
  | { readonly type: 'ran'; readonly failures: readonly Failure[] }
  | { readonly type: 'broken'; readonly output: string };
