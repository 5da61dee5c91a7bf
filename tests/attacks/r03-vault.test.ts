/**
 * R03 with a whole vault: every frame on Alice's laptop and all that was folded from them rots while she is offline.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  activate,
  allergies,
  allergy,
  eventually,
  good,
  IDENTIFIANT,
  PASSWORD,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

test('R03: Alice goes on reading, is told why she cannot write, and can once her laptop has been online', async () => {
  laptop.setOnline(false);
  await laptop.vault.lock();
  const random = seededRandom('R03 vault');
  for (const { key } of await laptop.disk.content())
    if (key[2] === 'frame' || key[3] === 'state' || key[3] === 'tail')
      await laptop.disk.damage(key, 'flip', random);
  await laptop.reopen();
  good(await laptop.vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  expect(await laptop.vault.edit('moi', [allergy('Trop tôt')])).toEqual({
    ok: false,
    error: { type: 'record-damaged' },
  });
  expect(await allergies(laptop)).toEqual(['Arachide']);
  laptop.setOnline(true);
  await eventually(
    () => laptop.vault.edit('moi', [allergy('Latex')]),
    (answer) => answer.ok,
  );
  await settled(laptop);
  // The view of the page follows the record a moment later.
  await eventually(
    () => allergies(laptop),
    (shown) => shown.join() === 'Arachide,Latex',
  );
});
