/** What is typed after the name of a bench: `--rounds 5`, `--quick`, and words of its own. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Short: small sizes and few rounds, to see that it runs. Its figures mean little. */
  readonly quick: boolean;
  /** Interleaved rounds: A B A B … */
  readonly rounds: number | undefined;
  /** Parts or sizes to run; none means all. */
  readonly only: readonly string[];
}

export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
    allowPositionals: true,
  });
  return { quick: values.quick, rounds: atLeastOne(values.rounds), only: positionals };
}

export function wants({ only }: Options, part: string): boolean {
  return only.length === 0 || only.includes(part);
}

function atLeastOne(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--rounds wants a whole number above 0, not ${text}`);
  return value;
}
