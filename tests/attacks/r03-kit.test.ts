/**
 * R03 on the only device: any stored value rots, or any two, and whatever becomes of the device, with the kit nothing that the
 * relay had is lost.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kit } from '#lib/vault/door/door.ts';
import type { Stored } from '#lib/storage/storage.ts';
import { faultyDisk, type Damage } from '../helpers/hostile/faulty-storage.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activateWithKit,
  allergies,
  allergy,
  good,
  settled,
  vaultWorld,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

const SEED = 'R03 kit';
const HOWS: readonly Damage[] = ['flip', 'truncate', 'remove'];
const NAMES = ['Arachide', 'Iode', 'Latex', 'Pollen'];
const NEW = { identifiant: 'alice.nouvelle', password: 'Un-autre2mot!long' };
const PAIRS = 12;

let world: VaultWorld;
let kit: Kit;
let stored: readonly Stored[];

beforeAll(async () => {
  world = await vaultWorld();
  const laptop = world.device();
  kit = await activateWithKit(laptop, world.credentials(0));
  for (const name of NAMES) good(await laptop.vault.edit('moi', [allergy(name)]));
  await settled(laptop);
  good(await laptop.vault.lock());
  stored = await laptop.disk.content();
}, 60_000);
afterAll(() => world?.close());

test('R03: any two stored values rot on the only device; over what is left of it the kit brings everything back', async () => {
  const random = seededRandom(SEED);
  for (let i = 0; i < PAIRS; i++) {
    const disk = faultyDisk();
    await disk.open().write(
      stored.map(({ key, value }) => ({ type: 'put', key, value })),
      'strict',
    );
    const rotten = random.shuffle([...stored]).slice(0, 2);
    for (const { key } of rotten) await disk.damage(key, random.pick(HOWS), random);
    const what = `seed ${SEED}, pair ${i}: ${rotten.map(({ key }) => key.slice(0, 4).join('/')).join(' and ')}`;
    const device = world.device({ disk });
    const vault = await device.reopen();
    good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
    good(await vault.recover({ ...NEW, deviceName: 'Portable', keep: [], lostSince: null }));
    expect(await allergies(device), what).toEqual(NAMES);
    good(await vault.lock());
    good(await vault.unlock(NEW));
    expect(await allergies(device), what).toEqual(NAMES);
    good(await vault.lock());
  }
}, 120_000);
