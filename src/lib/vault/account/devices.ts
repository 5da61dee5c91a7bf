/** What a device is called, and taking one out of the account. */
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { revokeDeviceBody } from '#lib/keys/chain-body.ts';
import type { Account } from './account.ts';
import { DEVICE_NAME_MAX } from '#lib/record/sections/account.ts';
import type { VaultError } from '#lib/vault/door/door.ts';
import { nameTyped, problemOfEdit, storageProblem } from '#lib/vault/errors.ts';
import { deviceEdit } from '#lib/vault/spaces/founding.ts';
import type { Spaces } from '#lib/vault/spaces/spaces.ts';

/** Gives a device of the account another name, on every device of it. */
export async function renameDevice(
  account: Account,
  id: string,
  typed: string,
): Promise<Result<void, VaultError>> {
  const name = nameTyped(typed, DEVICE_NAME_MAX);
  if (!name.ok) return name;
  if (!account.devices().some((device) => device.id === id)) return fail({ type: 'entry-missing' });
  const named = await account.spaces.account.replica.edit([deviceEdit(fromHex(id), name.value)]);
  if (!named.ok) return fail(problemOfEdit(named.error));
  account.wake();
  return ok();
}

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
  const revoked = await spaces.chain.replica.control(revokeDeviceBody(id, wordsSeen(spaces, [id])));
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

/** What this device has of others, or has shown of them: the last word of each of their lanes, in every space. */
export function wordsSeen(
  spaces: Spaces,
  devices: readonly string[],
  of: 'lanesOf' | 'shownOf' = 'lanesOf',
): string[] {
  return [spaces.account, ...spaces.records()].flatMap(({ replica }) =>
    devices.flatMap((id) => replica[of](id).map(({ saying }) => saying)),
  );
}

/** What a person did here and nobody else has. What the device tells by itself is not counted: nobody would know of it. */
export async function unsentWords(account: Account): Promise<number> {
  await account.allRecords();
  const counts = await Promise.all(account.spaces.records().map(({ replica }) => replica.unsentWords()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * This device was taken out, and has what it could not send any more: it goes out under the keys that it was sealed with, which
 * others who were taken out may have too. To the devices that remain it is late.
 */
export async function offerUnsent(account: Account): Promise<Result<number, VaultError>> {
  const { spaces } = account;
  if (!account.isRevoked()) return fail({ type: 'entry-missing' });
  const count = await unsentWords(account);
  for (const { replica } of [spaces.account, ...spaces.records()]) replica.release();
  account.wake();
  return ok(count);
}
