/**
 * R08, in the replica: tabs lead one after the other over the same disk. (That only one leads is vault/election.ts.)
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

test('R08: edits of tabs that lead in turn, with folding between, are all there, under numbers used once', async () => {
  const random = seededRandom('R08');
  const world = await replicaWorld(['Alice phone', 'Alice laptop'], 'R08', { maxTails: 2 });
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  const written: string[] = [];
  for (let turn = 0; turn < 30; turn++) {
    const edits = Array.from({ length: 1 + random.int(3) }, (_, i) => `Pollen ${turn}.${i}`);
    // A tab that is overtaken had its edits under way at once; the next tab starts when it has let go.
    await Promise.all(edits.map((name) => phone.allergy(name)));
    written.push(...edits);
    if (random.chance(0.3)) await sync(phone.replica, world.relay);
    if (random.chance(0.5)) await phone.replica.close();
    await phone.restart();
  }
  expect(phone.allergies()).toEqual([...written].sort());
  for (const device of [phone, laptop, phone]) await sync(device.replica, world.relay);
  expect(laptop.allergies()).toEqual([...written].sort());
  expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
  expect([...phone.events, ...laptop.events]).toEqual([]);
});
