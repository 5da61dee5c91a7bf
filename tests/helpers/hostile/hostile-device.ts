/** A device of the account whose program is the attacker's: its keys and replicas, taken from its disk. */
import { openAccount } from '#lib/vault/account/open-account.ts';
import type { Account } from '#lib/vault/account/account.ts';
import { enterByPassword } from '#lib/vault/entry/entrance.ts';
import {
  eventually,
  good,
  testEnvironment,
  type Credentials,
  type TestDevice,
  type VaultWorld,
} from '../worlds/vault-world.ts';

/** Opens what the device holds, whatever its own vault would do with it. @param now what its clock shows, where that was set */
export async function takeOver(
  { carnet }: VaultWorld,
  device: TestDevice,
  credentials: Credentials,
  now?: () => number,
): Promise<Account> {
  device.kill();
  // Its own program is gone: nobody locks it at the end.
  Object.assign(device, { vault: undefined });
  const opened = await device.disk.tryOpen();
  if (!opened.ok) throw new Error('the disk does not open');
  const honest = testEnvironment(carnet.url);
  const env = now ? { ...honest, clock: { ...honest.clock, now } } : honest;
  const storage = opened.value;
  const { seal, identity } = good(await enterByPassword(env, storage, credentials));
  const account = await openAccount({ env, storage, seal, identity, first: 'moi', emit: () => {} });
  good(await account.ready);
  await account.allRecords();
  return account;
}

/** All that it said is at the relay. */
export async function sent(account: Account): Promise<void> {
  account.wake();
  await eventually(
    () => account.settled(),
    (isSettled) => isSettled,
  );
}
