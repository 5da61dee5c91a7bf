/** Of the frames held, which count, and which count although the device that revoked their author had not seen them (rule 10). */
import type { Hex } from '#lib/keys/ids.ts';
import { keptUnseen } from './count.ts';
import type { Frame } from './frames.ts';
import type { Members } from './members.ts';
import type { Turn } from './turn.ts';

/** Neither late nor waiting. */
export function countedAmong(held: Iterable<Frame>, { late, waiting }: Turn): ReadonlySet<Hex> {
  const aside = new Set([...late.values(), ...waiting.values()].map(({ saying }) => saying));
  return new Set([...held].flatMap(({ saying }) => (aside.has(saying) ? [] : [saying])));
}

export function unseenAmong(
  held: Iterable<Frame>,
  counted: ReadonlySet<Hex>,
  members: Members,
): ReadonlySet<Hex> {
  return keptUnseen(held, counted, (device) => members.stands(device), {
    isRevoked: (device) => members.isRevoked(device),
    revoker: (device) => members.revoker(device),
    tells: ({ chains }, device) => members.tells(chains, device),
  });
}
