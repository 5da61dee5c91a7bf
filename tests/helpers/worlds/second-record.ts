/**
 * One more record in an account, as its owner's device would found it: what a journey will do through the door, done here
 * on the disk of a device whose vault is closed.
 */
import { systemRandom } from '#lib/crypto/random.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { localKey } from '#lib/crypto/local.ts';
import { localSeal } from '#lib/replica/ports.ts';
import type { Owner } from '#lib/vault/entry/identity.ts';
import { readIdentity } from '#lib/vault/entry/identity.ts';
import type { Environment } from '#lib/vault/environment.ts';
import { foundRecord } from '#lib/vault/spaces/found-record.ts';
import { localSecretOf, spacesOn } from '../people/vault-keys.ts';
import type { Credentials, TestDevice } from './vault-world.ts';

export const LEA: Owner = { firstName: 'Léa', lastName: 'Martin', birthDate: '2021-03-14' };

/** The vault of the device is dead afterwards: `reopen` it. */
export async function foundRecordOn(device: TestDevice, by: Credentials, owner: Owner): Promise<void> {
  device.kill();
  const storage = device.disk.open();
  const secret = await localSecretOf(storage, by.identifiant, by.password);
  const identity = await readIdentity(storage, localSeal(localKey(secret), systemRandom));
  const spaces = await spacesOn(storage, secret);
  const env = { clock: systemClock, random: systemRandom } as Environment;
  const founded = await foundRecord({ env, spaces, address: identity!.address }, owner);
  await spaces.close();
  if (!founded.ok) throw new Error(founded.error.type);
}
