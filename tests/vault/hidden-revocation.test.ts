/** Finding 2, with whole vaults: the relay shows a device nothing new of its account's chain. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { hex } from '#lib/bytes/bytes.ts';
import { drops, evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import {
  activate,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice;
let tablet: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  phone = world.device({ line: evil.line('phone') });
  tablet = world.device({ line: evil.line('tablet') });
  await activate(laptop, world.credentials(0));
  for (const device of [phone, tablet]) {
    laptop.events.length = 0;
    await link(laptop, device);
    await settled(device);
  }
}, 120_000);
afterAll(() => world?.close());

test('the tablet, which is shown no more of the chain, lists the stolen phone as revoked as soon as it hears the laptop', async () => {
  const chain = hex(fromBase64url(good(await laptop.vault.footprint()).topics[0]!.topic)!);
  const before = new Set(evil.frames(chain).map(({ id }) => id));
  expect(before.size).toBeGreaterThan(0);
  evil.script = [drops(({ topic, id }, device) => device === 'tablet' && topic === chain && !before.has(id))];
  const stolen = good(await phone.vault.devices()).find(({ thisDevice }) => thisDevice)!.id;
  good(await laptop.vault.revokeDevice(stolen));
  good(await laptop.vault.edit('moi', [allergy('Latex')]));
  await eventually(
    () => allergies(tablet),
    (names) => names.includes('Latex'),
  );
  const revoked = async () =>
    good(await tablet.vault.devices()).flatMap(({ id, revokedAt }) => (revokedAt ? [id] : []));
  await eventually(revoked, (ids) => ids.length > 0);
  expect(await revoked()).toEqual([stolen]);
});
