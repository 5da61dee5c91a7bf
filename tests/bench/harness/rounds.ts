/** Rounds in which the contenders take turns, A B A B, so that a noisy minute hits them all. */

export type Contender<T> = readonly [name: string, measure: (round: number) => Promise<T>];

/** @returns name → one sample per round */
export async function interleave<T>(
  rounds: number,
  contenders: readonly Contender<T>[],
): Promise<Map<string, T[]>> {
  const samples = new Map<string, T[]>(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of contenders) samples.get(name)!.push(await measure(round));
  }
  return samples;
}
