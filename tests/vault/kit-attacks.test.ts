/** What others may do to a kit: a device that was revoked, a device of the account that is hostile, a relay that lost everything. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { concat } from '#lib/bytes/bytes.ts';
import { sealFrame } from '#lib/crypto/frame.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { createSigner } from '#lib/crypto/signature.ts';
import { deriveEpoch } from '#lib/keys/epoch.ts';
import { epochKeys, kitPlace } from '#lib/record/sections/account.ts';
import { systemClock } from '#lib/sync/clock.ts';
import { webSocketDial } from '#lib/sync/transport.ts';
import { visit } from '#lib/sync/visit.ts';
import type { Account } from '#lib/vault/account/account.ts';
import type { Kit } from '#lib/vault/door/door.ts';
import { placeWriter, readPlace } from '#lib/vault/entry/kit-place.ts';
import { KitDesk } from '#lib/vault/kit/desk.ts';
import { putPlaced } from '#lib/vault/kit/reading.ts';
import { credentialOf } from '#lib/vault/spaces/follow.ts';
import { epochEdit } from '#lib/vault/spaces/keyring.ts';
import { readConfig } from '../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../relay/main.ts';
import { sent, takeOver } from '../helpers/hostile/hostile-device.ts';
import {
  ALICE,
  ALICE_ON_PHONE,
  activateWithKit,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  testEnvironment,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;
let kit: Kit;
beforeEach(async () => {
  world = await vaultWorld();
  [laptop, phone] = [world.device(), world.device()];
  kit = await activateWithKit(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
  await link(laptop, phone);
  await settled(phone);
});
afterEach(() => world.close());

const NEW = { identifiant: 'alice.nouvelle', password: 'Un-autre2mot!long' };
const by = (of: Kit) => ({ kit: { words: of.words.join(' ') } });
const url = () => `${world.carnet.url.replace('http', 'ws')}/relay`;
const lookUp = async (of = kit, hurry = 1) => {
  const tablet = Object.assign(world.device(), { hurry });
  return (await tablet.reopen()).lookUpKit(by(of));
};

async function placeOn({ spaces }: Account) {
  const entries = spaces.account.replica.record().entries.get(kitPlace.id);
  const place = await readPlace(entries, spaces.chainState().kits.at(-1)!.account);
  if (!place) throw new Error('every device knows the place');
  return place;
}

async function revokePhone(): Promise<void> {
  const found = good(await laptop.vault.devices()).find(({ thisDevice }) => !thisDevice)!;
  good(await laptop.vault.revokeDevice(found.id));
  await settled(laptop);
}

async function recovered(of = kit): Promise<TestDevice> {
  const tablet = world.device();
  const vault = await tablet.reopen();
  good(await vault.lookUpKit(by(of)));
  good(await vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince: null }));
  return tablet;
}

/** The relay begins again, with nothing on its disk. */
async function relayThatLostAll(running: RunningCarnet = world.carnet): Promise<RunningCarnet> {
  const port = Number(new URL(world.carnet.url).port);
  await running.close();
  for (const file of readdirSync(world.dataDir, { recursive: true }).map(String))
    if (/relay.*\.(db|journal)/.test(file)) rmSync(join(world.dataDir, file), { force: true });
  const config = readConfig({ DATA_DIR: world.dataDir });
  if (!config.ok) throw new Error(config.error.message);
  return startCarnet({ ...config.value, port, logLevel: 'silent' });
}

test('a revoked device puts a note of its own into the place, that the kit was replaced: nobody believes it', async () => {
  const thief = await takeOver(world, phone, ALICE_ON_PHONE);
  const place = await placeOn(thief);
  await thief.close();
  await revokePhone();
  const said = concat(systemRandom(64), Uint8Array.of(1, 2, 0, 0, 80, 0));
  const frame = sealFrame(place.keys.frameKey, 'control', said, systemRandom);
  good(await putPlaced(testEnvironment(world.carnet.url), { ...place, frame }));
  expect((await lookUp()).ok).toBe(true);
});

test('a device fills the place with more than is deleted at once: it is closed all the same', async () => {
  const thief = await takeOver(world, phone, ALICE_ON_PHONE);
  const place = await placeOn(thief);
  await thief.close();
  const { topic, frameKey } = place.keys;
  const visited = { url: url(), dial: webSocketDial(url()), clock: systemClock, topic };
  const filled = await visit({ ...visited, credential: placeWriter(place) }, async ({ put }) => {
    const frames = Array.from({ length: 1001 }, (_, i) =>
      sealFrame(frameKey, 'control', Uint8Array.of(9, i & 255, i >> 8), systemRandom),
    );
    const puts = await Promise.all(frames.map(put));
    return puts.find(({ ok }) => !ok) ?? puts[0]!;
  });
  expect(filled.ok).toBe(true);
  const next = good(await laptop.vault.newKit(by(kit)));
  const asked = next.asked.map((position) => next.words[position - 1]!) as [string, string, string];
  good(await laptop.vault.confirmNewKit(asked));
  const left = await visit({ ...visited, credential: placeWriter(place) }, ({ pick }) =>
    pick((frame) => frame),
  );
  expect(left.ok && left.value.length).toBe(1);
  expect(await lookUp()).toMatchObject({ error: { type: 'kit-replaced' } });
  expect((await lookUp(next)).ok).toBe(true);
}, 60_000);

test('a device deletes the keys that own devices told each other: the kit brings everything back all the same', async () => {
  const thief = await takeOver(world, phone, ALICE_ON_PHONE);
  const entries = thief.spaces.account.replica.record().entries.get(epochKeys.id)!;
  const deletions = [...entries.keys()].map((id) => ({ type: 'delete', section: epochKeys.id, id }) as const);
  expect((await thief.spaces.account.replica.edit(deletions)).ok).toBe(true);
  await sent(thief);
  await thief.close();
  await revokePhone();
  expect(await allergies(await recovered())).toEqual(['Arachide']);
});

test("a device lists a record whose place at the relay is somebody else's: nobody waits for it for ever", async () => {
  const thief = await takeOver(world, phone, ALICE_ON_PHONE);
  const [space, secrets] = [systemRandom(32), { epoch: 0, key: systemRandom(32) }];
  const keys = await deriveEpoch(space, secrets);
  const [writer, deleter] = [await createSigner(systemRandom(32)), await createSigner(systemRandom(32))];
  const credential = credentialOf({ ...keys, writer, deleter }, { isChain: false, ttl: 0 })!;
  const visited = { url: url(), dial: webSocketDial(url()), clock: systemClock, topic: keys.topic };
  expect((await visit({ ...visited, credential }, ({ put }) => put(systemRandom(300)))).ok).toBe(true);
  const fields = { space: toBase64url(space), kind: 'record', owner: 'x' };
  const listing = { type: 'put', section: 'spaces', id: toBase64url(systemRandom(16)), fields } as const;
  expect((await thief.spaces.account.replica.edit([listing, epochEdit(space, secrets)])).ok).toBe(true);
  await eventually(
    () => thief.spaces.account.replica.unsent(),
    (unsent) => unsent === 0,
  );
  await thief.close();
  const found = good(await lookUp());
  expect(found.isBehind).toBe(true);
}, 60_000);

test('the relay loses everything and gets it again from the laptop: the kit works as before, and can be replaced', async () => {
  const again = await relayThatLostAll();
  try {
    await laptop.reopen(ALICE);
    good(await laptop.vault.edit('moi', [allergy('Pollen')]));
    await settled(laptop);
    await eventually(
      () => lookUp(),
      ({ ok }) => ok,
    );
    const next = good(await laptop.vault.newKit(by(kit)));
    const asked = next.asked.map((position) => next.words[position - 1]!) as [string, string, string];
    good(await laptop.vault.confirmNewKit(asked));
    expect(await lookUp()).toMatchObject({ error: { type: 'kit-replaced' } });
    expect(await allergies(await recovered(next))).toEqual(['Arachide', 'Pollen']);
  } finally {
    await again.close();
  }
}, 60_000);

test('R04: the kit is looked up again at any moment of a recovery: what was recovered opens by its password', async () => {
  for (const delay of [0, 40]) {
    const tablet = world.device();
    const vault = await tablet.reopen();
    good(await vault.lookUpKit(by(kit)));
    const recovering = vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince: null });
    await new Promise((resolve) => setTimeout(resolve, delay));
    await vault.lookUpKit(by(kit));
    const done = await recovering;
    if (!done.ok) continue;
    await tablet.reopen(NEW);
    expect(await allergies(tablet)).toEqual(['Arachide']);
  }
}, 60_000);

test('R04: the device dies at any call of making a new kit, and the relay loses all: one of both kits opens the record', async () => {
  phone.setOnline(false);
  laptop.hurry = 20;
  let [relay, inUse] = [world.carnet, kit];
  const outcomes = new Set<string>();
  try {
    for (const n of [0, 2, 3, 4]) {
      const next = good(await laptop.vault.newKit(by(inUse)));
      const asked = next.asked.map((position) => next.words[position - 1]!) as [string, string, string];
      const died = laptop.disk.crashInCall(n, 'done');
      await Promise.race([died, laptop.vault.confirmNewKit(asked)]);
      laptop.disk.repair();
      await laptop.reopen(ALICE);
      await settled(laptop);
      // What it had acknowledged is noted on the disk.
      await new Promise((resolve) => setTimeout(resolve, 300));
      laptop.kill();
      relay = await relayThatLostAll(relay);
      await laptop.reopen(ALICE);
      await settled(laptop);
      const opens = await eventually(
        async () => [(await lookUp(inUse, 20)).ok, (await lookUp(next, 20)).ok],
        ([old, young]) => old !== young,
        5_000,
      );
      outcomes.add(opens[0] ? 'the old one' : 'the new one');
      if (!opens[0]) inUse = next;
    }
  } finally {
    await relay.close();
  }
  expect([...outcomes].sort()).toEqual(['the new one', 'the old one']);
}, 90_000);

test('a kit is looked up while the same one is being opened: the second look finds all, and nothing of the first is left', async () => {
  const honest = testEnvironment(world.carnet.url);
  let open = 0;
  const dial: typeof honest.dial = (relay) => (events) => {
    let isOpen = true;
    const ended = (): void => {
      if (isOpen) open--;
      isOpen = false;
    };
    open++;
    const closed = (code: number): void => {
      ended();
      events.closed(code);
    };
    const line = honest.dial(relay)({ message: (message) => events.message(message), closed });
    const close = (): void => {
      ended();
      line.close();
    };
    return { ...line, close };
  };
  const words = kit.words.join(' ');
  const again: (() => ReturnType<KitDesk['lookUp']>)[] = [];
  const begun: ReturnType<KitDesk['lookUp']>[] = [];
  // The keys of a device that is not on the account yet are the first thing that is made when the place has been read.
  const random: typeof honest.random = (length) => {
    begun.push(...again.splice(0).map((lookUp) => lookUp()));
    return honest.random(length);
  };
  const desk = new KitDesk({ ...honest, dial, random });
  again.push(() => desk.lookUp({ words }));
  expect(await desk.lookUp({ words })).toMatchObject({ error: { type: 'cancelled' } });
  expect(await Promise.all(begun)).toMatchObject([{ ok: true }]);
  desk.cancel();
  await eventually(
    () => open,
    (lines) => lines === 0,
    5_000,
  );
}, 40_000);
