/**
 * R18: a device was offline for ninety days, with edits unsent, while the epoch changed three times.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { frameId } from '#lib/crypto/frame.ts';
import { deriveEpoch, type EpochKeys } from '#lib/keys/epoch.ts';
import { decodeGrounds } from '#lib/keys/grounds.ts';
import { decodeRosterBody } from '#lib/keys/roster-body.ts';
import { openRotation } from '#lib/keys/rotations.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { pull, push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type ReplicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

async function ninetyDays() {
  const world = await replicaWorld(['Alice phone', 'Alice laptop', 'Bob phone'], 'R18');
  const [phone, laptop, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  for (const device of world.devices) await sync(device.replica, world.relay);
  for (let i = 0; i < 4; i++) await phone.allergy(`Hors ligne ${i}`);
  for (let epoch = 0; epoch < 3; epoch++) {
    world.clock.jump(30 * 86_400_000);
    await world.rotate(laptop, [laptop, bob]);
    await laptop.allergy(`Pendant ${epoch}`);
    for (const device of [laptop, bob]) await sync(device.replica, world.relay);
  }
  return { world, phone, laptop, bob };
}

/** What the phone can open of the rotation that began an epoch, with its own key alone. */
async function openOwn(world: ReplicaWorld, phone: WorldDevice, by: string): Promise<EpochKeys> {
  const control = phone.replica.controls().find(({ id }) => hex(id) === by)!;
  const body = decodeRosterBody(decodeGrounds(control.inner.body)!.content);
  if (body?.type !== 'rotate') throw new Error('no rotation');
  const author = {
    id: control.inner.author,
    signing: phone.replica.members().author(hex(control.inner.author))!.signing,
  };
  const self = { id: phone.keys.id, sealingSecret: phone.keys.sealingSecret };
  const secrets = await openRotation({ ...body, space: world.space, author, self });
  if (typeof secrets === 'string') throw new Error(secrets);
  return deriveEpoch(world.space, secrets);
}

/** Each epoch tells of the next, in whose rotation there is a box for the phone. */
async function catchUp(world: ReplicaWorld, phone: WorldDevice): Promise<void> {
  const known = [world.epochs[0]!];
  for (;;) {
    await pull(phone.replica, world.relay);
    const next = phone.replica.members().roster.epochs[known.length];
    const isLast = next === undefined;
    expect(await phone.replica.outbox()).toHaveLength(isLast ? phone.replica.unsent() : 0);
    if (isLast) break;
    known.push(await openOwn(world, phone, next.by!));
    expect((await phone.replica.useEpochs(known)).ok).toBe(true);
  }
  expect(known.map(({ id }) => hex(id))).toEqual(world.epochs.map(({ id }) => hex(id)));
}

/** The unsent words of a device, as they are now. */
async function saidBy(world: ReplicaWorld, device: WorldDevice): Promise<{ id: string; saying: string }[]> {
  // Under a topic that is not current nothing is sent; what stands on the disk is.
  const outbox = (await device.disk.content()).filter(({ key }) => key[2] === 'outbox');
  return outbox.map(({ value }) => {
    for (const keys of world.epochs) {
      const opened = openReceived(value, frameId(value), keys, true);
      if (typeof opened !== 'string') return { id: opened.frame.id, saying: opened.frame.saying };
    }
    throw new Error('a frame of no epoch');
  });
}

const ALL = [
  'Hors ligne 0',
  'Hors ligne 1',
  'Hors ligne 2',
  'Hors ligne 3',
  'Pendant 0',
  'Pendant 1',
  'Pendant 2',
];

test(
  'R18: it catches up, and its edits go out under the current epoch alone',
  { timeout: 240_000 },
  async () => {
    const { world, phone, laptop, bob } = await ninetyDays();
    const before = await saidBy(world, phone);
    await catchUp(world, phone);
    expect(phone.replica.members().roster.epochs).toHaveLength(4);
    // The same words, dated and numbered as they were, in new frames.
    const after = await saidBy(world, phone);
    expect(after.map(({ saying }) => saying)).toEqual(before.map(({ saying }) => saying));
    expect(after.filter(({ id }) => before.some((one) => one.id === id))).toEqual([]);
    const current = hex(world.epochs.at(-1)!.topic);
    for (const { topic, bytes } of await phone.replica.outbox()) {
      expect(hex(topic)).toBe(current);
      // Who was removed by then has none of the keys that open it.
      for (const keys of world.epochs.slice(0, -1))
        expect(openReceived(bytes, frameId(bytes), keys, true)).toBe('unreadable');
    }
    await phone.allergy('Après'); // and it goes on
    await settle([phone.replica, laptop.replica, bob.replica], world.relay);
    for (const device of [phone, laptop, bob]) {
      expect(device.allergies()).toEqual(['Après', ...ALL]);
      expect(device.events).toEqual([]);
      const written = device
        .entries()
        .filter(({ fields }) => String(fields['name']).startsWith('Hors ligne'));
      for (const { createdAt } of written)
        expect(createdAt).toBeLessThan(world.clock.now() - 89 * 86_400_000);
    }
    const [, ...olderTopics] = world.epochs.map(({ topic }) => topic).reverse();
    const ids = new Set(after.map(({ id }) => id));
    for (const topic of olderTopics)
      expect(world.relay.list(topic, 0, true).filter(({ id }) => ids.has(id))).toEqual([]);
    const hashes = [phone, laptop, bob].map(({ replica }) => hex(replica.stateHash()));
    expect(new Set(hashes).size).toBe(1);
    await phone.restart();
    expect(hex(phone.replica.stateHash())).toBe(hashes[0]);
  },
);

test(
  'R18: an edit that had got out before the rotation, its acknowledgement lost, is not taken for a second one',
  { timeout: 240_000 },
  async () => {
    for (const known of [0, 1, 2, 4]) {
      const { world, phone, laptop, bob } = await ninetyDays();
      // The relay has the first few of them all along, and Bob has even read them.
      for (const { topic, bytes } of (await phone.replica.outbox()).slice(0, known))
        world.relay.put(topic, bytes);
      await sync(bob.replica, world.relay);
      expect(bob.allergies()).toHaveLength(3 + known);
      await catchUp(world, phone);
      await phone.allergy('Après');
      await push(phone.replica, world.relay);
      await settle([laptop.replica, phone.replica, bob.replica], world.relay);
      for (const device of [phone, laptop, bob]) {
        expect(device.allergies()).toEqual(['Après', ...ALL]);
        expect(device.events).toEqual([]);
      }
      const hashes = [phone, laptop, bob].map(({ replica }) => hex(replica.stateHash()));
      expect(new Set(hashes).size).toBe(1);
    }
  },
);

test('R18 R04: the tab dies when the new keys are kept and before its edit is sealed under them: it goes out all the same', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop'], 'R18 R04');
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  await settle([phone.replica, laptop.replica], world.relay);
  phone.ring = [...world.epochs];
  await phone.allergy('Hors ligne');
  await world.rotate(laptop, [laptop]);
  await push(laptop.replica, world.relay);
  await pull(phone.replica, world.relay);
  expect(await phone.replica.outbox()).toEqual([]);
  phone.ring = [...world.epochs]; // on its disk; nothing else was done
  await phone.restart();
  await phone.allergy('Après');
  await settle([phone.replica, laptop.replica], world.relay);
  expect(phone.replica.unsent()).toBe(0);
  expect(laptop.allergies()).toEqual(['Après', 'Hors ligne']);
});
