/** The search through the door: over real disks, two devices, and with an index that tells nothing to whoever reads the disk. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import type { Fields } from '#lib/record/section.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { needlesOf, searchBytes } from '../helpers/hostile/canaries.ts';
import {
  activate,
  eventually,
  good,
  IDENTIFIANT,
  PASSWORD,
  link,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;

const CANARY = 'polytraumatisme';
const id = toBase64url(systemRandom(16));
const put = (fields: Fields) => [{ type: 'put', section: 'conditions', id, fields }] as const;
const entries = async (device: TestDevice, query: string): Promise<unknown[]> =>
  good(await device.vault.search('moi', query))
    .hits.filter(({ entry }) => entry !== null)
    .map(({ section, entry }) => [section, entry]);

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
  await activate(laptop, world.credentials(0));
}, 60_000);
afterAll(() => world?.close());

test('Alice finds what she wrote as soon as it is written, and no longer once it is deleted', async () => {
  good(await laptop.vault.edit('moi', put({ name: `Séquelles de ${CANARY}`, start: '2019' })));
  expect(await entries(laptop, 'sequelle')).toEqual([['conditions', id]]);
  good(await laptop.vault.edit('moi', [{ type: 'delete', section: 'conditions', id }]));
  expect(await entries(laptop, 'sequelle')).toEqual([]);
  good(await laptop.vault.edit('moi', [{ type: 'restore', section: 'conditions', id }]));
  expect(await entries(laptop, 'sequelle')).toEqual([['conditions', id]]);
});

test('the index stands on the disk, and none of its words does', async () => {
  const stored = await eventually(
    () => laptop.disk.content(),
    (all) => all.some(({ key }) => key.join('/') === 'record/moi/search'),
  );
  const needles = needlesOf({ word: CANARY, stem: CANARY.slice(0, 11) });
  expect(stored.flatMap(({ key, value }) => searchBytes(key.join('/'), value, needles))).toEqual([]);
});

test('R03: after a restart the index is used again; one that rotted is made again', async () => {
  await laptop.vault.lock();
  await laptop.disk.damage(['record', 'moi', 'search'], 'flip', seededRandom('rot'));
  good(await laptop.vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  expect(await entries(laptop, 'sequelle')).toEqual([['conditions', id]]);
});

test('what another device wrote is found here, and a locked vault finds nothing', async () => {
  await link(laptop, phone);
  expect(
    await eventually(
      () => entries(phone, 'séquelles'),
      ({ length }) => length === 1,
    ),
  ).toEqual([['conditions', id]]);
  await phone.vault.lock();
  expect(await phone.vault.search('moi', 'sequelle')).toEqual({ ok: false, error: { type: 'locked' } });
});
