/** Of the frames held, which count, and which count although the device that revoked their author had not seen them (rule 10). */
import type { Hex } from '#lib/keys/ids.ts';
import { keptUnseen, type Revocations } from './count.ts';
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
  return keptUnseen(held, counted, (device) => members.stands(device), revocationsIn(members));
}

/**
 * What a snapshot does not make superfluous: words that a person is still to be shown, and those by which the device that
 * revoked their author told so. Without these nobody knew what it had not seen.
 */
export function toBeShown(held: readonly Frame[], turn: Turn): ReadonlySet<Hex> {
  const unseen = unseenAmong(held, countedAmong(held, turn), turn.members);
  const authors = new Set(held.flatMap(({ saying, author }) => (unseen.has(saying) ? [author] : [])));
  const revocations = revocationsIn(turn.members);
  const telling = held.filter((frame) =>
    [...authors].some(
      (author) => revocations.revoker(author) === frame.author && revocations.tells(frame, author),
    ),
  );
  return new Set([...unseen, ...telling.map(({ saying }) => saying)]);
}

function revocationsIn(members: Members): Revocations<Frame> {
  return {
    isRevoked: (device) => members.isRevoked(device),
    revoker: (device) => members.revoker(device),
    tells: ({ chains }, device) => members.tells(chains, device),
  };
}
