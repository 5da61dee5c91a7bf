/** The relay goes back to an old copy, and then somebody comes back by the kit: what only the old device still has. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../relay/config.ts';
import { startCarnet } from '../../relay/main.ts';
import {
  activateWithKit,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  vaultWorld,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let backup: string;
beforeEach(async () => {
  world = await vaultWorld();
  backup = mkdtempSync(join(tmpdir(), 'carnet-backup-'));
});
afterEach(async () => {
  await world.close();
  rmSync(backup, { recursive: true, force: true });
});

const NEW = { identifiant: 'alice.nouvelle', password: 'Un-autre2mot!long', deviceName: 'Tablette' };

/** The relay is stopped for `meanwhile`, and starts again in the same place. */
async function restarted(meanwhile: () => void): Promise<{ close(): Promise<void> }> {
  const port = Number(new URL(world.carnet.url).port);
  await world.carnet.close();
  meanwhile();
  const config = readConfig({ DATA_DIR: world.dataDir });
  if (!config.ok) throw new Error(config.error.message);
  return startCarnet({ ...config.value, port, logLevel: 'silent' });
}

/** As if a day of the relay had never been. */
const toBackup = () => {
  rmSync(world.dataDir, { recursive: true, force: true });
  cpSync(backup, world.dataDir, { recursive: true });
};

test('C01: what was sent just before the relay fell back comes again, though somebody else stands in its place there', async () => {
  const [laptop, phone] = [world.device(), world.device()];
  await activateWithKit(laptop, world.credentials(0));
  await link(laptop, phone);
  for (const device of [laptop, phone]) await settled(device);
  phone.setOnline(false);
  cpSync(world.dataDir, backup, { recursive: true });
  good(await laptop.vault.edit('moi', [allergy('Kiwi')]));
  await settled(laptop);
  laptop.setOnline(false);
  const again = await restarted(toBackup);
  try {
    phone.setOnline(true);
    for (const name of ['Iode', 'Latex', 'Pollen']) good(await phone.vault.edit('moi', [allergy(name)]));
    await settled(phone);
    laptop.setOnline(true);
    for (const device of [laptop, phone])
      await eventually(
        () => allergies(device),
        (names) => names.join() === 'Iode,Kiwi,Latex,Pollen',
        20_000,
      );
  } finally {
    await again.close();
  }
}, 60_000);

test('C01, K10: what the relay lost with its last day is late once the old device comes back, and can be taken in', async () => {
  const laptop = world.device();
  const kit = await activateWithKit(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
  cpSync(world.dataDir, backup, { recursive: true });
  good(await laptop.vault.edit('moi', [allergy('Kiwi')]));
  await settled(laptop);
  laptop.setOnline(false);
  const again = await restarted(toBackup);
  try {
    const tablet = world.device();
    const vault = await tablet.reopen();
    good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
    good(await vault.recover({ ...NEW, keep: [], lostSince: null }));
    expect(await allergies(tablet)).toEqual(['Arachide']);
    laptop.setOnline(true);
    await eventually(
      async () => good(await laptop.vault.devices()),
      (devices) => devices.some(({ thisDevice, revokedAt }) => thisDevice && revokedAt !== null),
    );
    // The kit in hand does not help a device that is out: nobody is let write down 24 words for nothing.
    expect(await laptop.vault.newKit({ kit: { words: kit.words.join(' ') } })).toEqual({
      ok: false,
      error: { type: 'device-revoked' },
    });
    const words = await eventually(
      async () => good(await vault.unsettledWords('moi')),
      (found) => found.some(({ state }) => state === 'late'),
      20_000,
    );
    good(await vault.settleWords('moi', { take: [words[0]!.saying], aside: [], keep: [], reopen: [] }));
    expect(await allergies(tablet)).toEqual(['Arachide', 'Kiwi']);
  } finally {
    await again.close();
  }
}, 60_000);
