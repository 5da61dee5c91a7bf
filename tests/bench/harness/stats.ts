/** Samples and what is told of them: the median, between the least and the greatest. */

export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  return { min: sorted[0] ?? NaN, median: quantile(sorted, 0.5), max: sorted.at(-1) ?? NaN };
}

export function median(samples: readonly number[]): number {
  return summarise(samples).median;
}

/**
 * The median of the ratios of each round: what disturbs the machine for a while disturbs both sides of a round alike.
 */
export function ratio(numerators: readonly number[], denominators: readonly number[]): number {
  return median(numerators.map((value, round) => value / (denominators[round] ?? NaN)));
}

export function round(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}

function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}
