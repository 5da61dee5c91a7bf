/** D07: an account has no more devices than its chain takes in; what is linked beyond is given nothing. */
import { expect, test } from 'vitest';
import { acceptAddress, addDeviceBody } from '#lib/keys/chain-body.ts';
import { MAX_DEVICES } from '#lib/keys/chain.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { localSecretOf, spacesOn } from '../helpers/people/vault-keys.ts';
import {
  activate,
  good,
  IDENTIFIANT,
  link,
  PASSWORD,
  settled,
  vaultWorld,
} from '../helpers/worlds/vault-world.ts';

test('D07: with 32 devices no other one is linked or given keys, and both sides are told so', async () => {
  const world = await vaultWorld();
  const [laptop, phone] = [world.device(), world.device()];
  await activate(laptop, world.credentials(0));
  await settled(laptop);
  await laptop.vault.lock();
  const storage = laptop.disk.open();
  const spaces = await spacesOn(storage, await localSecretOf(storage, IDENTIFIANT, PASSWORD));
  const { address } = spaces.chainState();
  for (let i = 1; i < MAX_DEVICES; i++) {
    const { bundle, signer } = await deviceNamed(`one of many ${i}`);
    const body = addDeviceBody(bundle, await acceptAddress(address, bundle, signer));
    expect((await spaces.chain.replica.control(body)).ok).toBe(true);
  }
  await spaces.close();
  await laptop.reopen();
  good(await laptop.vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  await settled(laptop);

  void link(laptop, phone).catch(() => null);
  for (const device of [laptop, phone]) {
    const { link: state } = await device.until('link', (event) => event.link.type === 'failed');
    expect(state).toEqual({ type: 'failed', error: { type: 'link-refused' } });
  }
  expect(good(await laptop.vault.devices())).toHaveLength(MAX_DEVICES);
  await world.close();
}, 60_000);
