/**
 * Antoine loses his phone and comes back with his kit: with his own record comes the record of Zoé, which he holds with Camille.
 * What she writes from then on, under whichever keys, the lost phone cannot open.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Kit, RecordId } from '#lib/vault/door/door.ts';
import { open, share } from '../helpers/worlds/guardians.ts';
import {
  activate,
  activateWithKit,
  allergy,
  eventually,
  good,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const NEW = { identifiant: 'antoine.nouveau', password: 'Un-autre2mot!long', deviceName: 'Tablette' };

let world: VaultWorld;
let camille: TestDevice;
let lost: TestDevice;
let tablet: TestDevice;
let kit: Kit;
/** What Camille calls Zoé's record, and what the lost phone does. */
let zoe: RecordId;
let onLost: RecordId;

const names = async ({ vault }: TestDevice, record: RecordId): Promise<string[]> =>
  (good(await vault.record(record)).entries['allergies'] ?? []).map(({ fields }) => String(fields['name']));

const has = (device: TestDevice, record: RecordId, ...expected: readonly string[]) =>
  eventually(
    () => names(device, record),
    (all) => expected.every((one) => all.includes(one)),
  );

beforeAll(async () => {
  world = await vaultWorld();
  [camille, lost, tablet] = [world.device(), world.device(), world.device()];
  await activate(camille, await world.newCredentials(0));
  kit = await activateWithKit(lost, await world.newCredentials(1));
  zoe = await open(camille, 'Zoé');
  onLost = await share(camille, zoe, lost);
  await eventually(
    async () => good(await lost.vault.record(onLost)).editable,
    (editable) => editable,
  );
  good(await lost.vault.edit(onLost, [allergy('Avant la perte')]));
  await has(camille, zoe, 'Avant la perte');
  await settled(lost);
  lost.setOnline(false);
}, 120_000);
afterAll(() => world?.close());

test('the kit brings the child’s record back, and he writes in it as before', async () => {
  const vault = await tablet.reopen();
  good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
  good(await vault.recover({ ...NEW, keep: [], lostSince: null }));
  const listed = await eventually(
    async () => good(await vault.records()).find(({ firstName }) => firstName === 'Zoé')?.id,
    (id) => id !== undefined,
  );
  await has(tablet, listed!, 'Avant la perte');
  good(await vault.edit(listed!, [allergy('De retour')]));
  await has(camille, zoe, 'De retour');
  good(await camille.vault.edit(zoe, [allergy('Camille après')]));
  await has(tablet, listed!, 'Camille après');
}, 60_000);

test('the lost phone opens nothing that either has written since, and what it writes counts for neither', async () => {
  good(await lost.vault.edit(onLost, [allergy('Voleur')]));
  lost.setOnline(true);
  good(await lost.vault.retry());
  await eventually(
    async () => good(await lost.vault.devices()).find(({ thisDevice }) => thisDevice)?.revokedAt ?? null,
    (at) => at !== null,
  );
  await settled(camille);
  for (const name of ['De retour', 'Camille après']) expect(await names(lost, onLost)).not.toContain(name);
  expect(await names(camille, zoe)).not.toContain('Voleur');
}, 60_000);
