/**
 * R16 and R03 together: the relay is restored from yesterday's backup, and the only device that has what was written since can
 * open its own disk no more. The kit brings that back too, and it goes to the relay again.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kit } from '#lib/vault/door/door.ts';
import { readConfig } from '../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../relay/main.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  PASSWORD,
  activateWithKit,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  testDevice,
  type TestDevice,
} from '../helpers/worlds/vault-world.ts';

const root = mkdtempSync(join(tmpdir(), 'carnet-r16-kit-'));
const DATA_DIR = join(root, 'data');
const NEW = { identifiant: 'alice.nouvelle', password: PASSWORD };
let carnet: RunningCarnet;
let laptop: TestDevice;
let tablet: TestDevice;
let kit: Kit;

async function start(port = 0): Promise<void> {
  const config = readConfig({ DATA_DIR });
  if (!config.ok) throw new Error(config.error.message);
  carnet = await startCarnet({ ...config.value, port, logLevel: 'silent' });
}

async function whileDown(work: () => void): Promise<void> {
  const port = Number(new URL(carnet.url).port);
  await carnet.close();
  work();
  await start(port);
}

async function written(name: string): Promise<void> {
  good(await laptop.vault.edit('moi', [allergy(name)]));
  await settled(laptop);
}

beforeAll(async () => {
  await start();
  [laptop, tablet] = [testDevice(carnet.url), testDevice(carnet.url)];
  kit = await activateWithKit(laptop, carnet.authority!.demoCredentials()[0]!);
  await written('Hier');
  laptop.setOnline(false);
  await whileDown(() => cpSync(DATA_DIR, join(root, 'backup'), { recursive: true }));
  laptop.setOnline(true);
  good(await laptop.vault.retry());
  await written('Après');
  laptop.kill();
  await whileDown(() => {
    rmSync(DATA_DIR, { recursive: true });
    cpSync(join(root, 'backup'), DATA_DIR, { recursive: true });
  });
  for (const name of ['slot', 'slot-2'])
    await laptop.disk.damage(['account', name], 'flip', seededRandom(`rot ${name}`));
}, 60_000);
afterAll(async () => {
  for (const { vault } of [laptop, tablet]) if (vault) await vault.lock();
  await carnet.close();
  rmSync(root, { recursive: true, force: true });
});

test('R16: what the relay had acknowledged and lost comes back by the kit, and reaches the next device', async () => {
  const vault = await laptop.reopen();
  good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
  good(await vault.recover({ ...NEW, deviceName: 'Portable', keep: [], lostSince: null }));
  const words = await eventually(
    async () => good(await vault.unsettledWords('moi')),
    ({ length }) => length > 0,
  );
  expect(words.map(({ entries }) => entries[0]?.named['name'])).toEqual(['Après']);
  const take = words.map(({ saying }) => saying);
  good(await vault.settleWords('moi', { take, aside: [], keep: [], reopen: [] }));
  await settled(laptop);
  await link(laptop, tablet);
  await eventually(
    () => allergies(tablet),
    (names) => names.join() === 'Après,Hier',
    10_000,
  );
}, 60_000);
