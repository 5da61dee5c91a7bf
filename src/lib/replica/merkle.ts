/**
 * A Merkle root over the ids of covered frames, that grows: who knows the peaks of a range and the ids after it knows
 * the peaks of the longer range, without the ids before.
 *
 *   leaf    SHA-256("carnet/snapshot-root/v1" | 0x00 | frame id)
 *   node    SHA-256("carnet/snapshot-root/v1" | 0x01 | left | right)
 *   peaks   of a chain of n frames: the roots of its complete trees, one per set bit of n, the largest first
 *   root    SHA-256("carnet/snapshot-root/v1" | 0x02 | per chain, ascending by author: author[32] | u64 n | peaks)
 *
 * One tree per author's chain, since only a chain has an order that everybody agrees on before they have compared.
 */
import { fromHex, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import type { Hex } from '#lib/keys/ids.ts';

export type Peaks = readonly Bytes[];

/** The peaks of `count` frames and one more. */
export function appendLeaf(peaks: Peaks, count: number, id: Bytes): Peaks {
  const grown = [...peaks];
  let node = hash(0, id);
  for (let trees = count; trees % 2 === 1; trees = Math.floor(trees / 2)) node = hash(1, grown.pop()!, node);
  return [...grown, node];
}

/** How many peaks a chain of `count` frames has. */
export function peakCount(count: number): number {
  let ones = 0;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

export function merkleRoot(chains: ReadonlyMap<Hex, { readonly seq: number; readonly peaks: Peaks }>): Bytes {
  const writer = new Writer();
  for (const author of [...chains.keys()].sort()) {
    const { seq, peaks } = chains.get(author)!;
    writer.bytes(fromHex(author)).u64(seq);
    for (const peak of peaks) writer.bytes(peak);
  }
  return hash(2, writer.finish());
}

function hash(type: number, ...parts: readonly Uint8Array[]): Bytes {
  return labelledHash(LABELS.snapshotRoot, Uint8Array.of(type), ...parts);
}
