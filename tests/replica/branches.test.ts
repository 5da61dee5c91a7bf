/**
 * Finding 14: the words of one device come in two branches. Both count while it stands, nobody is accused, nothing is lost,
 * and the device joins them with its next word.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { MAX_OPEN } from '#lib/replica/log.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { push, settle, sync, without } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];

async function three(seed: string) {
  const world = await replicaWorld(NAMES, seed, { who: await people(NAMES) });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle([laptop.replica, phone.replica], world.relay);
  await phone.allergy('Avant');
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  return { world, laptop, phone, tablet };
}

async function backupOf(device: WorldDevice): Promise<FaultyDisk> {
  const disk = faultyDisk();
  const content = await device.disk.content();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  return disk;
}

function expectSame(...devices: readonly WorldDevice[]): void {
  expect(new Set(devices.map(({ replica }) => hex(replica.stateHash()))).size).toBe(1);
}

/** The `before` of the last word of a device in its outbox. */
async function joinedBy(world: ReplicaWorld, device: WorldDevice): Promise<readonly string[]> {
  const last = (await device.replica.outbox()).at(-1)!;
  const opened = openReceived(last.bytes, last.id, world.epochs[0]!, true);
  if (typeof opened === 'string') throw new Error(opened);
  return opened.frame.before;
}

const neutral = (device: WorldDevice, author: WorldDevice) => [
  { type: 'duplicate-device', author: author.id, self: device.id === author.id },
];

test('K3: a backup is restored and numbers are used again: both branches count everywhere, and the next word joins them', async () => {
  const { world, laptop, phone, tablet } = await three('K3');
  const backup = await backupOf(phone);
  for (const name of ['Un', 'Deux']) await phone.allergy(name);
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  const restored = await world.join('Alice phone', backup);
  for (const name of ['Trois', 'Quatre', 'Cinq']) await restored.allergy(name); // offline: it does not know of the two
  const all = [laptop, tablet, restored];
  await settle(
    all.map(({ replica }) => replica),
    world.relay,
  );
  const names = ['Avant', 'Cinq', 'Deux', 'Quatre', 'Trois', 'Un'];
  for (const device of all) {
    expect(device.allergies()).toEqual(names);
    expect(device.events).toEqual(neutral(device, phone));
    expect(device.replica.missing()).toEqual([]);
  }
  expectSame(...all);
  await restored.allergy('Six');
  expect(await joinedBy(world, restored)).toHaveLength(2);
  await settle(
    all.map(({ replica }) => replica),
    world.relay,
  );
  for (const device of all) {
    await device.restart();
    expect(device.allergies()).toEqual([...names, 'Six'].sort());
    expect(device.events).toHaveLength(1);
  }
  expectSame(...all);
  await restored.allergy('Sept');
  expect(await joinedBy(world, restored)).toHaveLength(1);
});

test('K3: one field set in both branches: what was said last is shown, the same on all', async () => {
  const { world, laptop, phone, tablet } = await three('K3 field');
  const id = await phone.allergy('Commun');
  await sync(phone.replica, world.relay);
  const backup = await backupOf(phone);
  await phone.allergy('Branche une', id);
  await push(phone.replica, world.relay);
  world.clock.jump(60_000);
  const restored = await world.join('Alice phone', backup);
  await restored.allergy('Branche deux', id);
  const all = [laptop, tablet, restored];
  await settle(
    all.map(({ replica }) => replica),
    world.relay,
  );
  for (const device of all) expect(device.allergies()).toEqual(['Avant', 'Branche deux']);
  expectSame(...all);
});

test('K4: the relay shows one branch to the tablet, the other to the laptop: when they meet, both count on both', async () => {
  const { world, laptop, phone, tablet } = await three('K4');
  const backup = await backupOf(phone);
  await phone.allergy('Pour la tablette');
  const copy = await world.join('Alice phone', backup);
  await copy.allergy('Pour le portable');
  const [one, two] = await Promise.all(
    [phone, copy].map(async ({ replica }) => (await replica.outbox()).map(({ id }) => hex(id))),
  );
  for (const device of [phone, copy]) await push(device.replica, world.relay);
  await settle([tablet.replica], without(world.relay, new Set(two)));
  await settle([laptop.replica], without(world.relay, new Set(one)));
  expect(tablet.allergies()).toEqual(['Avant', 'Pour la tablette']);
  expect(laptop.allergies()).toEqual(['Avant', 'Pour le portable']);
  await tablet.allergy('De la tablette');
  await laptop.allergy('Du portable');
  for (const device of [tablet, laptop]) await push(device.replica, world.relay);
  const all = [laptop, tablet, phone];
  await settle(
    all.map(({ replica }) => replica),
    world.relay,
  );
  for (const device of all) {
    expect(device.allergies()).toEqual([
      ...['Avant', 'De la tablette', 'Du portable', 'Pour la tablette', 'Pour le portable'],
    ]);
    expect(device.events).toEqual(neutral(device, phone));
  }
  expectSame(...all);
});

test('K4: both branches of a device that is revoked: the one that was shown is kept, the other is late', async () => {
  const { world, laptop, phone, tablet } = await three('K4 revoked');
  const backup = await backupOf(phone);
  await phone.allergy('Montré');
  await push(phone.replica, world.relay);
  await settle([tablet.replica, laptop.replica], world.relay);
  const thief = await world.join('Alice phone', backup);
  await thief.allergy('Caché');
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica, tablet.replica], world.relay);
  await push(thief.replica, world.relay);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Avant', 'Montré']);
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 1 });
    const words = await device.replica.unsettled();
    const late = words.ok ? words.value.late.flatMap(({ values }) => values.map(({ value }) => value)) : [];
    expect(late).toContain('Caché');
  }
  expectSame(laptop, tablet);
});

test('a second branch that comes after a snapshot of the first is not covered by it, and nothing of it is lost', async () => {
  for (const isPurged of [false, true]) {
    const { world, laptop, phone, tablet } = await three(`branch after snapshot ${isPurged}`);
    const backup = await backupOf(phone);
    for (const name of ['Un', 'Deux', 'Trois']) await phone.allergy(name);
    await settle([phone.replica, tablet.replica, laptop.replica], world.relay);
    expect((await laptop.replica.snapshot()).ok).toBe(true);
    await settle([laptop.replica, tablet.replica, phone.replica], world.relay);
    for (const { topic, ids } of await laptop.replica.deletable()) world.relay.doom(topic, ids);
    if (isPurged) world.relay.purge();
    const copy = await world.join('Alice phone', backup);
    await copy.allergy('Deuxième branche');
    await copy.allergy('Et encore');
    const all = [copy, laptop, tablet];
    await settle(
      all.map(({ replica }) => replica),
      world.relay,
    );
    for (const device of [laptop, tablet]) {
      const names = ['Avant', 'Deux', 'Deuxième branche', 'Et encore', 'Trois', 'Un'];
      expect(device.allergies(), `purged ${isPurged}`).toEqual(names);
      await device.restart();
      expect(device.allergies(), `purged ${isPurged}`).toEqual(names);
      expect(device.events).toEqual(neutral(device, phone));
    }
    expectSame(laptop, tablet);
  }
});

test('a newcomer that has only a snapshot of one branch takes the other in beside it, and accuses nobody', async () => {
  const { world, laptop, phone, tablet } = await three('newcomer and branches');
  const backup = await backupOf(phone);
  for (const name of ['Un', 'Deux', 'Trois']) await phone.allergy(name);
  await settle([phone.replica, tablet.replica, laptop.replica], world.relay);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await settle([laptop.replica, tablet.replica, phone.replica], world.relay);
  for (const { topic, ids } of await laptop.replica.deletable()) world.relay.doom(topic, ids);
  world.relay.purge();
  const fresh = await world.join('Alice tablet');
  await settle([fresh.replica], world.relay);
  const copy = await world.join('Alice phone', backup);
  await copy.allergy('Deuxième branche');
  await push(copy.replica, world.relay);
  await settle([fresh.replica, laptop.replica], world.relay);
  expect(fresh.allergies()).toEqual(['Avant', 'Deux', 'Deuxième branche', 'Trois', 'Un']);
  expect(fresh.events.filter(({ type }) => type !== 'duplicate-device')).toEqual([]);
  expect(laptop.allergies()).toEqual(fresh.allergies());
});

test('14: branches repeat what was said before them, so there are few: the others wait, the same ones everywhere', async () => {
  const { world, laptop, phone, tablet } = await three('many branches');
  for (let i = 0; i < 2; i++) await phone.allergy(`${i} ${'x'.repeat(200_000)}`);
  await push(phone.replica, world.relay);
  for (const device of [laptop, tablet]) await sync(device.replica, world.relay);
  const frames = [];
  for (let i = 0; i < 20; i++) {
    const clock = { time: i + 1, counter: 0 };
    frames.push(await forge(world, phone, { kind: 'heads', content: Uint8Array.of(0, 0), clock }));
  }
  const sizeOf = async () => (await laptop.disk.content()).reduce((sum, { value }) => sum + value.length, 0);
  const before = await sizeOf();
  await laptop.replica.receive(received(...frames));
  for (const start of [15, 10, 5, 0])
    await tablet.replica.receive(received(...frames.slice(start, start + 5)));
  expect(await sizeOf()).toBeLessThan(before + MAX_OPEN * 450_000);
  const lanesOn = ({ replica }: WorldDevice) => replica.lanesOf(phone.id).map(({ saying }) => saying);
  expect(lanesOn(laptop)).toHaveLength(MAX_OPEN);
  expect(lanesOn(tablet).sort()).toEqual(lanesOn(laptop).sort());
  // A word that joins them makes room for more.
  const [head, ...others] = laptop.replica.lanesOf(phone.id);
  const join = { seq: head!.seq + 1, before: [head!, ...others].map(({ saying }) => saying) };
  const joined = await forge(world, phone, { kind: 'heads', content: Uint8Array.of(0, 0), ...join });
  for (const { replica } of [laptop, tablet]) await replica.receive(received(joined));
  expect(lanesOn(laptop)).toHaveLength(20);
  expect(lanesOn(tablet).sort()).toEqual(lanesOn(laptop).sort());
});
