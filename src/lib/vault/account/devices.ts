/** Taking a device out of the account. */
import { hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { revokeDeviceBody } from '#lib/keys/chain-body.ts';
import type { Account } from './account.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import { storageProblem } from '#lib/vault/errors.ts';

/**
 * Ends a device: it is revoked in the chain, and every space goes on under new keys that it does not get (attack D07).
 * What it already has on its disk it keeps.
 */
export async function revokeDevice(account: Account, id: string): Promise<Result<void, VaultError>> {
  const { spaces } = account;
  const device = spaces.chainState().devices.get(id);
  if (!device || device.revoked || id === hex(spaces.device.id)) return fail({ type: 'entry-missing' });
  // What this device has of the other is said with it: what it finds later, somebody else had taken in (replica/unseen.ts).
  await account.allRecords();
  const seen = [spaces.account, ...spaces.records()].flatMap(({ replica }) =>
    replica.lanesOf(id).map(({ saying }) => saying),
  );
  const revoked = await spaces.chain.replica.control(revokeDeviceBody(id, seen));
  if (!revoked.ok)
    return fail(
      revoked.error.type === 'incomplete' ? { type: 'record-damaged' } : storageProblem({ type: 'aborted' }),
    );
  await spaces.settled();
  // Said by a device that is out itself, it counts for nobody.
  if (!spaces.chainState().devices.get(id)?.revoked) return fail({ type: 'device-revoked' });
  await account.rotateWhatIsDue();
  return ok();
}
