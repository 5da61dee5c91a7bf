/**
 * The epochs of a space as its roster tells them: which there are, which one writers use, who lacks its keys.
 */
import { hex } from '#lib/bytes/bytes.ts';
import type { Address } from './address.ts';
import type { Directory } from './directory.ts';
import type { Operation } from './history.ts';
import { zeroId, type Hex } from './ids.ts';
import type { Evaluation } from './membership.ts';
import type { Role } from './roles.ts';
import type { Member, RosterBody } from './roster-body.ts';

export interface Rotation {
  readonly epoch: number;
  readonly id: Hex; // of the rotation frame; zeros for the first epoch
}

export const GENESIS_ROTATION: Rotation = { epoch: 0, id: hex(zeroId()) };

export function rotationsOf(effective: readonly Operation<RosterBody>[]): Rotation[] {
  const rotations = effective.flatMap(({ id, body }) =>
    body.type === 'rotate' ? [{ epoch: body.epoch, id }] : [],
  );
  return [GENESIS_ROTATION, ...rotations].sort((a, b) => a.epoch - b.epoch || (a.id < b.id ? -1 : 1));
}

/**
 * Of the rotations to the highest number the one that writers use: one that knows of every removal if there is any, and
 * of these the smaller id. Stale when it does not know of every removal.
 */
export function currentRotation(
  rotations: readonly Rotation[],
  evaluation: Evaluation<RosterBody, Role>,
): { current: Rotation; stale: boolean } {
  const highest = rotations.at(-1)?.epoch ?? GENESIS_ROTATION.epoch;
  const candidates = rotations.filter(({ epoch }) => epoch === highest);
  const removals = evaluation.effective.filter(takesAway).map(({ id }) => id);
  const knowsAll = ({ id }: Rotation) =>
    removals.every((removal) => removal === id || evaluation.isBefore(removal, id));
  const current = candidates.find(knowsAll) ?? candidates[0] ?? GENESIS_ROTATION;
  return { current, stale: !knowsAll(current) };
}

/** Whether somebody may read or write less after this operation. A role that is changed is taken to be lowered. */
function takesAway({ body }: Operation<RosterBody>): boolean {
  if (body.type === 'removeMember' || body.type === 'changeRole') return true;
  return body.type === 'rotate' && body.pins.length > 0;
}

/** Whether a device that is revoked was given the keys of the current epoch. Who had the first one's is not written. */
export function reachesRevoked(
  current: Rotation,
  { effective, isBefore }: Evaluation<RosterBody, Role>,
  directory: Directory,
  unpinned: readonly Hex[],
): boolean {
  if (current.id === GENESIS_ROTATION.id) return unpinned.length > 0;
  return effective.some(({ id, body }) => {
    if (!('boxes' in body) || (id !== current.id && !isBefore(current.id, id))) return false;
    return body.boxes.some(({ recipient }) => directory.device(hex(recipient))?.revoked);
  });
}

/** Members who get keys, and have neither a box in the current rotation nor a grant that follows it. */
export function missingGrants(
  current: Rotation,
  members: ReadonlyMap<Address, Role>,
  founders: readonly Member[],
  { effective, isBefore }: Evaluation<RosterBody, Role>,
): Address[] {
  const isFirst = current.id === GENESIS_ROTATION.id;
  const reached = new Set<Address>(isFirst ? founders.map(({ address }) => address) : []);
  for (const { id, body } of effective) {
    if (!('boxes' in body)) continue;
    if (id !== current.id && !isFirst && !isBefore(current.id, id)) continue;
    for (const { address } of body.boxes) reached.add(address);
  }
  return [...members.keys()].filter((address) => !reached.has(address));
}
