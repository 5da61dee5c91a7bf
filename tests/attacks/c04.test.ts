/**
 * C04: the relay replays frames, as often and in whatever order it likes.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { push, sync } from '../helpers/plain-relay.ts';
import { seededRandom } from '../helpers/random.ts';
import { replicaWorld } from '../helpers/replica-world.ts';

test('C04: each frame a hundred times in random order makes the state that once made', async () => {
  const random = seededRandom('C04');
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const [phone, laptop] = [world.device('Alice phone'), world.device('Alice laptop')];
  const id = await phone.allergy('Pollen');
  for (const name of ['Latex', 'Iode', 'Arachide']) {
    await phone.allergy(name, random.chance(0.5) ? id : undefined);
    await push(phone.replica, world.relay);
  }
  const topic = phone.replica.topics()[0]!;
  const frames = world.relay.list(topic, 0).map(({ bytes }) => ({ topic, bytes }));
  const replayed = random.shuffle(Array.from({ length: 100 }, () => frames).flat());
  while (replayed.length > 0) await laptop.replica.receive(replayed.splice(0, 1 + random.int(20)));
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
  const stored = (await laptop.disk.content()).length;
  await laptop.restart();
  const again = await laptop.replica.receive(random.shuffle(frames));
  expect(again).toMatchObject({ ok: true, value: { admitted: 0, known: frames.length } });
  expect((await laptop.disk.content()).length).toBe(stored);
  await sync(phone.replica, world.relay);
  expect([...phone.events, ...laptop.events]).toEqual([]);
});
