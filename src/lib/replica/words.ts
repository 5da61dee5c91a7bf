/** What a person is shown of words that are late, or that were kept for others (settling.ts). */
import type { Hex } from '#lib/keys/ids.ts';

/** One thing that a device said, for a person to look at. */
export interface WordOf {
  /** Of what counts the first 128 bits, which is all that is left of it once it is folded. */
  readonly saying: Hex;
  readonly device: Hex;
  /** Milliseconds since 1970, by that device's clock. */
  readonly at: number;
  readonly values: readonly { readonly section: string; readonly key: string; readonly value: unknown }[];
}

export interface UnsettledWords {
  /** They do not count. */
  readonly late: readonly WordOf[];
  /** They count, because somebody else had taken them in. */
  readonly kept: readonly WordOf[];
}
