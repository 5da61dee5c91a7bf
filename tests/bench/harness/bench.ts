/** What a bench is: a name, what it measures, and how it is run. Its answer is the last line of JSON. */
import type { Options } from './options.ts';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** What is typed after the name, beside what every bench understands. */
  readonly usage?: string;
  run(options: Options): Promise<Figures>;
}

/** Exactly the keys that the issue names; null where the machine could not measure. */
export type Figures = Readonly<Record<string, number | null>>;
