/**
 * R16 with whole vaults: the relay is restored from yesterday's backup. Alice is warned, once on each device, and
 * otherwise notices nothing: all is sent again, nothing is lost, writing goes on.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SecurityNotice } from '#lib/vault/door/door.ts';
import { readConfig } from '../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../relay/main.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  testDevice,
  type TestDevice,
} from '../helpers/worlds/vault-world.ts';

const root = mkdtempSync(join(tmpdir(), 'carnet-r16-'));
const DATA_DIR = join(root, 'data');
let carnet: RunningCarnet;
let laptop: TestDevice;
let phone: TestDevice;

async function start(port = 0): Promise<void> {
  const config = readConfig({ DATA_DIR });
  if (!config.ok) throw new Error(config.error.message);
  carnet = await startCarnet({ ...config.value, port, logLevel: 'silent' });
}

async function whileDown(work: () => void): Promise<void> {
  const port = Number(new URL(carnet.url).port);
  for (const device of [laptop, phone]) device.setOnline(false);
  await carnet.close();
  work();
  await start(port);
  for (const device of [laptop, phone]) {
    device.setOnline(true);
    good(await device.vault.retry());
  }
}

async function both(names: readonly string[]): Promise<void> {
  for (const device of [laptop, phone]) {
    await eventually(
      () => allergies(device),
      (shown) => shown.join() === names.toSorted().join(),
    );
    await settled(device);
  }
}

const noticesOf = async (device: TestDevice): Promise<SecurityNotice['type'][]> =>
  good(await device.vault.notices()).map(({ type }) => type);

beforeAll(async () => {
  await start();
  laptop = testDevice(carnet.url);
  phone = testDevice(carnet.url);
  const person = carnet.authority!.demoCredentials()[0]!;
  await activate(laptop, person);
  await link(laptop, phone);
}, 60_000);
afterAll(async () => {
  for (const device of [laptop, phone]) await device.vault.lock();
  await carnet.close();
  rmSync(root, { recursive: true, force: true });
});

test('R16: restored from yesterday, the relay gets back what it lost; each device warns of it once, and of nothing else', async () => {
  good(await laptop.vault.edit('moi', [allergy('Hier')]));
  await both(['Hier']);
  await whileDown(() => cpSync(DATA_DIR, join(root, 'backup'), { recursive: true }));
  for (const [i, device] of [laptop, phone, laptop].entries())
    good(await device.vault.edit('moi', [allergy(`Après ${i}`)]));
  const all = ['Hier', 'Après 0', 'Après 1', 'Après 2'];
  await both(all);
  for (const device of [laptop, phone]) expect(await noticesOf(device)).toEqual([]);

  await whileDown(() => {
    rmSync(DATA_DIR, { recursive: true });
    cpSync(join(root, 'backup'), DATA_DIR, { recursive: true });
  });
  await eventually(
    async () => [...(await noticesOf(laptop)), ...(await noticesOf(phone))],
    (types) => types.includes('rollback'),
  );
  good(await phone.vault.edit('moi', [allergy('Ensuite')]));
  await both([...all, 'Ensuite']);
  for (const device of [laptop, phone]) expect(new Set(await noticesOf(device)).size).toBeLessThanOrEqual(1);

  const tablet = testDevice(carnet.url);
  laptop.events.length = 0;
  await link(laptop, tablet);
  await eventually(
    () => allergies(tablet),
    (names) => names.length === all.length + 1,
  );
  await tablet.vault.lock();
}, 60_000);

test('R16: a tab that is killed right after the relay acknowledged its last word sends it again to a relay that lost it', async () => {
  await whileDown(() => cpSync(DATA_DIR, join(root, 'before'), { recursive: true }));
  for (const device of [laptop, phone]) await settled(device);
  phone.setOnline(false); // nobody else hears of it
  good(await laptop.vault.edit('moi', [allergy('À peine')]));
  await settled(laptop);
  laptop.kill();
  const port = Number(new URL(carnet.url).port);
  await carnet.close();
  rmSync(DATA_DIR, { recursive: true });
  cpSync(join(root, 'before'), DATA_DIR, { recursive: true });
  await start(port);
  await laptop.reopen(ALICE);
  await settled(laptop);
  const tablet = testDevice(carnet.url);
  laptop.events.length = 0;
  await link(laptop, tablet);
  await eventually(
    () => allergies(tablet),
    (names) => names.includes('À peine'),
  );
  await tablet.vault.lock();
}, 60_000);
