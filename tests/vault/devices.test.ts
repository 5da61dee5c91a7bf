/** The devices of an account as a person sees them: what each is called, and when something was last heard of it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  activate,
  ALICE,
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

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;

const devicesOn = async ({ vault }: TestDevice) => good(await vault.devices());
const named = async (device: TestDevice): Promise<string[]> =>
  (await devicesOn(device)).map(({ name }) => name).sort();
const phoneOn = async (device: TestDevice) =>
  (await devicesOn(device)).find(({ thisDevice }) => thisDevice === (device === phone))!;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  await settled(phone);
}, 60_000);
afterAll(() => world?.close());

test('a device is renamed on another one, without spaces around the name, and every device shows it', async () => {
  const { id } = await phoneOn(laptop);
  good(await laptop.vault.renameDevice(id, '  Téléphone   de Claire '));
  expect(await named(laptop)).toEqual(['Portable', 'Téléphone de Claire']);
  await eventually(
    () => named(phone),
    (names) => names.includes('Téléphone de Claire'),
  );
  await laptop.reopen(ALICE);
  await eventually(
    () => named(laptop),
    (names) => names.join() === 'Portable,Téléphone de Claire',
  );
});

test('a name of nothing, one of 61 letters and the name of a stranger are refused, and nothing changes', async () => {
  const { id } = await phoneOn(laptop);
  const before = await named(laptop);
  for (const [name, problem] of [
    ['', 'required'],
    [' \t ', 'required'],
    ['x'.repeat(61), 'too-long'],
  ] as const)
    expect(await laptop.vault.renameDevice(id, name)).toEqual({
      ok: false,
      error: { type: 'entry-invalid', problems: [{ field: 'name', problem }] },
    });
  expect(await laptop.vault.renameDevice('0'.repeat(64), 'Tablette')).toEqual({
    ok: false,
    error: { type: 'entry-missing' },
  });
  expect(await named(laptop)).toEqual(before);
  good(await laptop.vault.renameDevice(id, 'x'.repeat(60)));
});

test('the last sign of a device is the newest thing that it said, in whichever space, and never in the future', async () => {
  const before = Date.now();
  good(await phone.vault.edit('moi', [allergy('Arachide')]));
  await eventually(
    () => allergies(laptop),
    (names) => names.includes('Arachide'),
  );
  const seen = (await phoneOn(laptop)).lastSignAt;
  expect(seen).toBeGreaterThanOrEqual(before);
  expect(seen).toBeLessThanOrEqual(Date.now());

  phone.hurry = 1000;
  await new Promise((resolve) => setTimeout(resolve, 300));
  phone.hurry = 1;
  good(await phone.vault.edit('moi', [allergy('Latex')]));
  await eventually(
    () => allergies(laptop),
    (names) => names.includes('Latex'),
  );
  expect((await phoneOn(laptop)).lastSignAt).toBeLessThanOrEqual(Date.now());
});
