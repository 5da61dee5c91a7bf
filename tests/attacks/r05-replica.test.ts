/**
 * R05, in the replica: the power goes at any moment and takes every relaxed write it can.
 */
import { beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { settle, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  people,
  replicaWorld,
  type People,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice phone', 'Alice laptop'];
let who: People;
beforeAll(async () => {
  who = await people(NAMES);
});

async function start(seed: number) {
  const world = await replicaWorld(NAMES, `R05 ${seed}`, { who, maxTails: 3 });
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  await settle([phone.replica, laptop.replica], world.relay);
  return { world, phone, laptop };
}

/** Author, kind and number of every word that the relay has, with what it says. */
function numbersOn(world: ReplicaWorld): Map<string, Set<string>> {
  const said = new Map<string, Set<string>>();
  for (const keys of world.epochs)
    for (const { bytes, id } of world.relay.list(keys.topic, 0, true)) {
      const opened = openReceived(bytes, Uint8Array.from(Buffer.from(id, 'hex')), keys, true);
      if (typeof opened === 'string') throw new Error(opened);
      const { author, kind, seq, saying } = opened.frame;
      const place = `${author} ${kind === 'control' ? 'control' : 'data'} ${seq}`;
      said.set(place, (said.get(place) ?? new Set()).add(saying));
    }
  return said;
}

test('R05: the power goes in the middle of any write: keys, controls and edits that were answered are there, and no number is used twice', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = seededRandom(`R05 ${seed}`);
    const { world, phone, laptop } = await start(seed);
    const written: string[] = [];
    let controls = phone.replica.controls().length;
    for (let step = 0; step < 10; step++) {
      // What the disk had not been told to keep is gone, in this call or behind it.
      const died = phone.disk.crashInCall(random.int(12), random.pick(['lost', 'done'] as const));
      const work = async () => {
        await phone.allergy(`Pollen ${step}`);
        written.push(`Pollen ${step}`);
        if (random.chance(0.3)) {
          await phone.replica.control(Uint8Array.of(2, 0x16));
          controls++;
        }
        if (random.chance(0.5)) await sync(phone.replica, world.relay);
        if (random.chance(0.3)) await phone.replica.snapshot();
      };
      const isDead = await Promise.race([work().then(() => false), died.then(() => true)]);
      await phone.disk.losePower(100);
      phone.disk.repair();
      await phone.restart();
      const what = `seed ${seed}, step ${step}, died ${isDead}`;
      expect(phone.allergies(), what).toEqual(expect.arrayContaining(written));
      expect(phone.replica.controls().length, what).toBeGreaterThanOrEqual(controls);
      controls = phone.replica.controls().length;
    }
    await settle([phone.replica, laptop.replica], world.relay);
    expect(phone.replica.unsent()).toBe(0); // the outbox has sent it all
    expect(laptop.allergies(), `seed ${seed}`).toEqual(expect.arrayContaining(written));
    for (const [place, sayings] of numbersOn(world)) expect(sayings.size, place).toBe(1);
    expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
    expect([...phone.events, ...laptop.events]).toEqual([]);
  }
}, 120_000);

test('R05: nothing of a replica is ever written relaxed: a power loss between two calls takes nothing at all', async () => {
  const random = seededRandom('R05');
  const { world, phone } = await start(99);
  for (let step = 0; step < 12; step++) {
    await phone.allergy(`Pollen ${step}`);
    if (random.chance(0.3)) await sync(phone.replica, world.relay);
    if (random.chance(0.2)) await world.rotate(phone, [phone]);
    const before = hex(phone.replica.stateHash());
    expect(await phone.disk.losePower(100)).toBe(0);
    await phone.restart();
    expect(hex(phone.replica.stateHash())).toBe(before);
  }
});
