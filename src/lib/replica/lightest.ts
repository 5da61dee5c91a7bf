/**
 * In which order frames are kept that do not count (yet), where there is no room for all of them: a copy of the device may have
 * made many, to crowd out what the person wrote. Neither numbers nor dates tell the two apart, for the author chooses both.
 */
import { sortCausally } from '#lib/keys/history.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type { Frame } from './frames.ts';

/**
 * First what says something to a person and what that stands on, then the rest; and of these first what is lightest together
 * with the heaviest line of words before it. So a frame comes after all that it stands on, without which nobody could take it
 * in: wherever the list is cut, what is kept is whole.
 *
 * Given up: the end of a long line is heavier than a short one. Who has a copy of the device and makes many light words beside
 * it can still crowd that end out, as they could pass for the device itself; the beginning stays, and the loss is told.
 */
export function lightestFirst(frames: readonly Frame[]): Frame[] {
  const bySaying = new Map(frames.map((frame) => [frame.saying, frame]));
  const links = new Map(
    frames.map(({ saying, before }) => [
      saying,
      { id: saying, deps: before.filter((one) => bySaying.has(one)) },
    ]),
  );
  const order = sortCausally(links);
  const weights = new Map<Hex, number>();
  for (const { id, deps } of order) {
    const below = deps.map((one) => weights.get(one)!);
    weights.set(id, bySaying.get(id)!.bytes.length + Math.max(0, ...below));
  }
  const said = new Set<Hex>();
  for (const { id, deps } of order.toReversed())
    if (said.has(id) || bySaying.get(id)!.kind !== 'heads') for (const one of [id, ...deps]) said.add(one);
  const rank = ({ saying }: Frame) => (said.has(saying) ? 0 : 1);
  const weight = ({ saying }: Frame) => weights.get(saying)!;
  return frames.toSorted((a, b) => rank(a) - rank(b) || weight(a) - weight(b) || (a.id < b.id ? -1 : 1));
}
