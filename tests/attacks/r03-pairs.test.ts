/**
 * R03, two at a time: before anything is put right again a second stored value rots.
 */
import { beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openFrame, type FrameKind } from '#lib/crypto/frame.ts';
import type { Key } from '#lib/storage/storage.ts';
import type { Damage } from '../helpers/hostile/faulty-storage.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom, type SeededRandom } from '../helpers/tools/random.ts';
import { people, replicaWorld, type People, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const HOWS: readonly Damage[] = ['flip', 'truncate', 'remove'];
const SEED = 'R03 pairs';
/** Of some 300 pairs, each time the same ones. */
const SAMPLE = 60;

/** A phone after a snapshot and a rotation, with sent, received, waiting and unsent frames. */
const NAMES = ['Alice phone', 'Alice laptop'];
let who: People;
beforeAll(async () => {
  who = await people(NAMES);
});

async function lived() {
  const world = await replicaWorld(NAMES, SEED, { who, maxTails: 4 });
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  const both = [phone, laptop];
  for (const device of both) await sync(device.replica, world.relay);
  for (let i = 0; i < 3; i++) await phone.allergy(`Pollen ${i}`);
  await push(phone.replica, world.relay);
  await phone.replica.snapshot();
  for (const device of both) await sync(device.replica, world.relay);
  await world.rotate(phone, both);
  await phone.allergy('Iode');
  for (const device of both) await sync(device.replica, world.relay);
  await laptop.allergy('Latex 0');
  await laptop.replica.publishHeads();
  for (const device of [laptop, phone]) await sync(device.replica, world.relay);
  await phone.replica.publishHeads();
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  await laptop.allergy('Latex 1');
  await laptop.allergy('Latex 2');
  const [, late] = await laptop.replica.outbox();
  await phone.replica.receive([late!]); // waits for the one before
  await phone.allergy('Kiwi');
  await phone.allergy('Arachide');
  return { world, phone, laptop };
}

function pairsOf(keys: readonly Key[], random: SeededRandom): (readonly [Key, Key])[] {
  const pairs = keys.flatMap((one, i) => keys.slice(i + 1).map((other) => [one, other] as const));
  return random.shuffle(pairs).slice(0, SAMPLE);
}

const nameOf = (key: Key) =>
  key
    .slice(2)
    .map((part) => part.slice(0, 8))
    .join('/');

async function catchUp({ world, phone, laptop }: Awaited<ReturnType<typeof lived>>): Promise<void> {
  await settle([laptop.replica, phone.replica], world.relay);
}

test('R03: any two stored values rot, and no edit that was answered ok is lost, on either device', async () => {
  const random = seededRandom(SEED);
  const keys = (await (await lived()).phone.disk.content()).map(({ key }) => key);
  const silenced: string[] = [];
  for (const pair of pairsOf(keys, random)) {
    const scene = await lived();
    const { phone, laptop } = scene;
    const shown = phone.allergies();
    const hows = pair.map(() => random.pick(HOWS));
    for (const [i, key] of pair.entries()) await phone.disk.damage(key, hows[i]!, random);
    const what = `seed ${SEED}: ${pair.map((key, i) => `${nameOf(key)} ${hows[i]}`).join(', ')}`;
    await phone.restart();
    expect(shown, what).toEqual(expect.arrayContaining(phone.allergies()));
    const acknowledged = [...shown, 'Latex 1', 'Latex 2'];
    // A device that has lost something may write on: should words of its own come back, both branches count.
    if (await says(phone, 'Après')) acknowledged.push('Après');
    else silenced.push(what);
    await catchUp(scene);
    await phone.allergy('Plus tard');
    acknowledged.push('Plus tard');
    await catchUp(scene);
    for (const device of [phone, laptop]) {
      expect(device.allergies(), what).toEqual([...acknowledged].sort());
      expect(
        device.events.filter(({ type }) => type !== 'duplicate-device'),
        what,
      ).toEqual([]);
      expect(device.replica.missing(), what).toEqual([]);
      expect(device.replica.unsent(), what).toBe(0);
    }
    expect(hex(laptop.replica.stateHash()), what).toBe(hex(phone.replica.stateHash()));
    await phone.restart();
    expect(hex(laptop.replica.stateHash()), what).toBe(hex(phone.replica.stateHash()));
  }
  expect(silenced.length).toBeLessThan(SAMPLE / 10);
}, 240_000);

/** Whether it may: where what was said of members rotted twice it does not know that it may, until it comes again. */
async function says(device: WorldDevice, name: string): Promise<boolean> {
  const edit = { type: 'put', section: 'allergies', id: 'APRESAAAAAAAAAAAAAAAAA', fields: { name } } as const;
  const done = await device.replica.edit([edit]);
  if (!done.ok) expect(done.error.type).toBe('not-allowed');
  return done.ok;
}

/** The keys of the phone's frames of one kind in one place, in the order of the disk. */
async function framesOf({ world, phone }: Awaited<ReturnType<typeof lived>>, kind: FrameKind, place: string) {
  const isOf = (value: Uint8Array<ArrayBuffer>) =>
    world.epochs.some(({ frameKey }) => openFrame([frameKey], value)?.aad.kind === kind);
  const content = await phone.disk.content();
  return content.filter(({ key, value }) => key[2] === place && isOf(value)).map(({ key }) => key);
}

/** Of a snapshot and of everything folded nothing is left: the disk cannot make what the snapshot covers. */
async function hollow() {
  const scene = await lived();
  const { phone } = scene;
  const [snapshot] = await framesOf(scene, 'snapshot', 'frame');
  const state = (await phone.disk.content()).find(({ key }) => key[3] === 'state')!;
  for (const key of [snapshot!, state.key]) await phone.disk.damage(key, 'flip', seededRandom(SEED));
  const shown = phone.allergies();
  await phone.restart();
  return { ...scene, shown, topic: snapshot!.at(-2)!, snapshot: snapshot!.at(-1)! };
}

const INCOMPLETE = { ok: false, error: { type: 'incomplete' } };

test('R03: while something is owed it may write, and makes no snapshot of what it has not, also after a restart', async () => {
  const { world, phone, laptop, shown } = await hollow();
  const written: string[] = [];
  for (const name of ['Tout de suite', 'Après un redémarrage']) {
    expect(phone.replica.isWhole()).toBe(false);
    await phone.allergy(name);
    written.push(name);
    expect((await phone.replica.publishHeads()).ok).toBe(true);
    await phone.restart();
  }
  await push(phone.replica, world.relay);
  expect(await phone.replica.snapshot()).toEqual(INCOMPLETE);
  await catchUp({ world, phone, laptop });
  expect(phone.replica.isWhole()).toBe(true);
  const all = [...shown, 'Latex 1', 'Latex 2', ...written].sort();
  expect(new Set(phone.allergies())).toEqual(new Set(all));
  expect(laptop.allergies()).toEqual(phone.allergies());
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
  expect((await phone.replica.snapshot()).ok).toBe(true);
});

test('R03: with head and twin gone nobody here knows the last number: what is said meanwhile stands beside it, and nothing is lost', async () => {
  const scene = await lived();
  const { phone, laptop } = scene;
  const content = await phone.disk.content();
  for (const { key } of content.filter(({ key }) => key[3] === 'head' || key[3] === 'twin'))
    await phone.disk.damage(key, 'flip', seededRandom(SEED));
  const shown = phone.allergies();
  await phone.restart();
  expect(phone.allergies()).toEqual(shown);
  await phone.allergy('Tout de suite');
  await catchUp(scene);
  await phone.allergy('Enfin');
  await catchUp(scene);
  expect(laptop.allergies()).toEqual([...shown, 'Enfin', 'Latex 1', 'Latex 2', 'Tout de suite'].sort());
  expect(phone.allergies()).toEqual(laptop.allergies());
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
});

test('R03: what the relay has lost as well comes back by way of the other device', async () => {
  const { world, phone, laptop, topic, snapshot, shown } = await hollow();
  const kept = world.relay.topics.get(topic)!;
  world.relay.topics.set(
    topic,
    kept.filter(({ id }) => id !== snapshot),
  );
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  await phone.allergy('Entre-temps');
  for (const one of laptop.replica.topics()) {
    const listed = world.relay.list(one, 0, true).map(({ id }) => Uint8Array.from(Buffer.from(id, 'hex')));
    await laptop.replica.reconcile(one, listed);
  }
  await catchUp({ world, phone, laptop });
  await phone.allergy('Enfin');
  await catchUp({ world, phone, laptop });
  const all = [...shown, 'Enfin', 'Entre-temps', 'Latex 1', 'Latex 2'].sort();
  for (const device of [phone, laptop]) expect(device.allergies()).toEqual(all);
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
});

test('R03: where nobody has it any more the device reads and writes on, and what it writes reaches the other', async () => {
  const { world, phone, laptop, topic, snapshot } = await hollow();
  world.relay.topics.set(
    topic,
    world.relay.topics.get(topic)!.filter(({ id }) => id !== snapshot),
  );
  for (let round = 0; round < 3; round++) {
    await phone.allergy(`Après ${round}`);
    for (const device of [phone, laptop, phone]) await sync(device.replica, world.relay);
    expect(laptop.allergies()).toContain(`Après ${round}`);
    await phone.restart();
    expect(phone.allergies()).toContain(`Après ${round}`);
  }
  expect(laptop.events.filter(({ type }) => type !== 'duplicate-device')).toEqual([]);
});

test('R03: an unsent edit of which both copies rot is said again, and reaches the other device', async () => {
  for (const how of HOWS) {
    const scene = await lived();
    const { phone, laptop } = scene;
    const [unsent] = (await framesOf(scene, 'update', 'outbox')).slice(0, 1);
    const copy = (await phone.disk.content()).find(
      ({ key }) => key[2] === 'frame' && key.at(-1) === unsent!.at(-1),
    )!;
    for (const key of [unsent!, copy.key]) await phone.disk.damage(key, how, seededRandom(how));
    await phone.restart();
    await phone.allergy('Après');
    await catchUp(scene);
    expect(laptop.allergies(), how).toEqual(phone.allergies());
    expect(laptop.allergies(), how).toEqual(expect.arrayContaining(['Kiwi', 'Arachide', 'Après']));
    expect([...phone.events, ...laptop.events], how).toEqual([]);
    expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
  }
});
