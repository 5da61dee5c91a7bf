/** Handing the keys of the account space to every device and kit of the account that may lack some (docs/protocol.md, rule 26). */
import { hex } from '#lib/bytes/bytes.ts';
import { ok, type Result } from '#lib/bytes/result.ts';
import type { Random } from '#lib/crypto/random.ts';
import { epochId } from '#lib/keys/epoch.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { recipientsOf, sealEpochs } from '#lib/keys/rotations.ts';
import type { EditError } from '#lib/replica/replica.ts';
import type { Identity } from '#lib/vault/entry/identity.ts';
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
