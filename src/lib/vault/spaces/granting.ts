/**
 * Handing keys to those who may lack some (docs/protocol.md, rule 26): of the account space to every device and kit of the
 * account, of a record to its other owners.
 */
import { hex } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Random } from '#lib/crypto/random.ts';
import { epochId } from '#lib/keys/epoch.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { recipientsOf, sealEpochs } from '#lib/keys/rotations.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { Identity } from '#lib/vault/entry/identity.ts';
import type { Address } from '#lib/keys/address.ts';
import type { RosterSpace } from './roster-space.ts';
import type { Spaces } from './spaces.ts';

/** A new epoch under the first one, which every device and every kit can read, and beside it the keys of all that are held here. */
export async function grantEpochs({
  random,
  spaces,
  identity,
}: {
  readonly random: Random;
  readonly spaces: Spaces;
  readonly identity: () => Identity;
}): Promise<Result<void, EditError>> {
  const { account: space, device } = spaces;
  const { address } = identity();
  const first = space.epochs().find(({ epoch }) => epoch === 0);
  if (!first) throw new Error('the account has no first epoch');
  const rotated = await space.rotate(first);
  if (!rotated.ok) return rotated;
  const { epochs } = identity().account;
  const boxes = await sealEpochs({
    space: space.id,
    epochs,
    recipients: recipientsOf([address], () => spaces.chainState()).recipients,
    sender: device,
    random,
  });
  const ids = epochs.map((secrets) => hex(epochId(secrets)));
  const body = encodeRosterBody({ type: 'grant', address, epochs: ids, boxes });
  const granted = await space.replica.control(body, first);
  return granted.ok ? ok() : granted;
}

/**
 * Other owners of a record who may lack keys that are held here: whom a rotation left out that had not heard of them, and whoever
 * recovered an account beside one. Nobody hands on what they are owed themselves, or has not.
 */
export function granteesOf(space: RosterSpace, self: Address): readonly Address[] {
  const { owners, grantsDue, ungranted, epochs, stands } = space.roster();
  const held = new Set(space.epochs().map(({ id }) => hex(id)));
  const holdsAll = epochs.every(({ id, isVoid }) => isVoid || held.has(id));
  if (!holdsAll || !owners.has(self) || grantsDue.includes(self) || !stands(space.device)) return [];
  const others = [...owners].filter((owner) => owner !== self);
  return ungranted.length > 0 ? others : others.filter((owner) => grantsDue.includes(owner));
}
