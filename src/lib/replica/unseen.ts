/**
 * What counts of devices that are revoked although a device that revoked them had not had it (docs/protocol.md, rule 10). It is
 * shown to a person, so that a thief gets no silent word.
 *
 * Read from the lanes alone, and from the chain: what was folded is found as what was not, no relay can keep any of it back, and
 * whoever has the same record finds the same. What somebody has replaced since is no more to be looked at.
 */
import type { Hex } from '#lib/keys/ids.ts';
import { shortOf, type Lane } from './lane.ts';
import type { Transaction } from './transaction.ts';
import type { WordOf } from './words.ts';

export function keptUnseen({
  head,
  document,
  members,
}: Pick<Transaction, 'head' | 'document' | 'members'>): WordOf[] {
  const words = new Map<Hex, WordOf>();
  for (const [id, { author: device }] of head.lanes) {
    const lane = document.lanes.get(id);
    if (!lane || !members.isRevoked(device)) continue;
    for (let index = seenIn(lane, members.seen(device)); index < lane.frames; index++) {
      const { short, time: at } = lane.frame(index)!;
      const values = lane
        .saidAt(index)
        .flatMap(({ section, key, content }) => (content ? [{ section, key, value: content[0] }] : []));
      if (values.length > 0 && !words.has(short)) words.set(short, { saying: short, device, at, values });
    }
  }
  return [...words.values()].sort((a, b) => a.at - b.at || (a.saying < b.saying ? -1 : 1));
}

/** How many words of a lane everybody who revoked the device had; none where nobody did. */
function seenIn(lane: Lane, told: readonly (readonly Hex[])[]): number {
  const ends = told.map((sayings) =>
    Math.max(0, ...sayings.map((saying) => (lane.frameAt(shortOf(saying)) ?? -1) + 1)),
  );
  return ends.length > 0 ? Math.min(...ends) : 0;
}
