/** The devices of the account: as the chain certifies them, under the names the person gave them. */
import { toBase64url } from '#lib/bytes/base64url.ts';
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { ChainState } from '#lib/keys/chain.ts';
import { revokeDeviceBody } from '#lib/keys/chain-body.ts';
import type { Entry } from '#lib/record/entry.ts';
import type { Account } from './account.ts';
import type { DeviceView, VaultError } from './door.ts';
import { storageProblem } from './errors.ts';

/** This device first, then the newest; revoked ones last. */
export function deviceViews(chain: ChainState, names: readonly Entry[], self: Bytes): DeviceView[] {
  const nameOf = new Map(names.map(({ fields }) => [fields['device'], fields['name'] as string]));
  return [...chain.devices]
    .map(([id, { addedAt, revoked }]) => ({
      id,
      name: nameOf.get(toBase64url(fromHex(id))) ?? '',
      addedAt,
      thisDevice: id === hex(self),
      revokedAt: revoked?.at ?? null,
    }))
    .sort((a, b) => rank(a) - rank(b) || b.addedAt - a.addedAt);
}

function rank({ thisDevice, revokedAt }: DeviceView): number {
  if (revokedAt !== null) return 2;
  return thisDevice ? 0 : 1;
}

/**
 * Ends a device: it is revoked in the chain, and every space goes on under new keys that it does not get (attack D07).
 * What it already has on its disk it keeps.
 */
export async function revokeDevice(account: Account, id: string): Promise<Result<void, VaultError>> {
  const { chain, account: accountSpace, record, chainState, rotate } = account.spaces;
  const device = chainState().devices.get(id);
  if (!device || device.revoked || id === hex(account.spaces.device.id))
    return fail({ type: 'entry-missing' });
  const revoked = await chain.replica.control(revokeDeviceBody(id));
  if (!revoked.ok) return fail(storageProblem({ type: 'aborted' }));
  await account.spaces.settled();
  for (const space of [accountSpace, record]) {
    // A rotation that fails here is made later, as one that is due.
    if (space.roster().rotationDue) await rotate(space);
  }
  account.wake();
  return ok();
}
