/**
 * R01, in the replica: the n-th write of a journey fails, for every n.
 */
import { beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import { settle, sync } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type People,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Everything that writes, in a row; each step is repeated until it succeeds. */
async function journey(
  world: ReplicaWorld,
  phone: WorldDevice,
  laptop: WorldDevice,
  check: () => Promise<void>,
): Promise<void> {
  const steps: (() => Promise<Result<unknown, { type: string }>>)[] = [
    () => phone.replica.edit([{ type: 'put', section: 'allergies', id: ID, fields: { name: 'Pollen' } }]),
    () =>
      phone.replica.edit([
        { type: 'put', section: 'allergies', id: ID, fields: { comment: 'au printemps' } },
      ]),
    () => phone.replica.publishHeads(),
    () => sending(world, phone),
    async () => {
      const topic = phone.replica.topics()[0]!;
      const entries = world.relay.list(topic, 0);
      const last = entries.at(-1)!;
      return phone.replica.receive(
        entries.map(({ bytes }) => ({ topic, bytes })),
        { upTo: { topic, after: last.cursor, frame: new Uint8Array(32) } },
      );
    },
    () => phone.replica.edit([{ type: 'delete', section: 'allergies', id: ID }]),
    () => phone.replica.edit([{ type: 'restore', section: 'allergies', id: ID }]),
    () => sending(world, phone),
    () => phone.replica.snapshot(),
    () => sending(world, phone),
    () => phone.replica.witness(laptop.id, laptop.replica.frontier()),
  ];
  for (const step of steps) {
    let done = await step();
    while (!done.ok) {
      expect(done.error).toEqual({ type: 'quota' });
      await check();
      done = await step();
    }
  }
}

async function sending(world: ReplicaWorld, device: WorldDevice): Promise<Result<unknown, { type: string }>> {
  const frames = await device.replica.outbox();
  for (const { topic, bytes } of frames) world.relay.put(topic, bytes);
  return device.replica.acknowledge(frames.map(({ id }) => id));
}

/** What is read again need not come in the order in which it was written. */
function byId(device: WorldDevice) {
  return [...device.entries()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const NAMES = ['Alice phone', 'Alice laptop'];
let who: People;
beforeAll(async () => {
  who = await people(NAMES);
});

async function start() {
  const world = await replicaWorld(NAMES, 'R01', { who, maxTails: 2 });
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  await laptop.allergy('Latex');
  await sync(laptop.replica, world.relay);
  return { world, phone, laptop };
}

test('R01: at each write of a journey the caller sees the failure, nothing has changed, and the next try succeeds', async () => {
  const calm = await start();
  const before = calm.phone.disk.writes;
  await journey(calm.world, calm.phone, calm.laptop, async () => {});
  const writes = calm.phone.disk.writes - before;
  const expected = hex(calm.phone.replica.stateHash()).length;
  expect(writes).toBeGreaterThan(10);
  for (let n = 0; n < writes; n++) {
    const { world, phone, laptop } = await start();
    phone.disk.failWrite(n, 'quota');
    await journey(world, phone, laptop, async () => {
      const shown = byId(phone);
      const hash = hex(phone.replica.stateHash());
      await phone.restart();
      expect(byId(phone)).toEqual(shown);
      expect(hex(phone.replica.stateHash())).toBe(hash);
    });
    const entries = phone.entries();
    expect(entries.map(({ fields }) => fields['name']).sort()).toEqual(['Latex', 'Pollen']);
    expect(hex(phone.replica.stateHash())).toHaveLength(expected);
    await settle([laptop.replica, phone.replica], world.relay);
    expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
    expect([...phone.events, ...laptop.events]).toEqual([]);
  }
}, 120_000);
