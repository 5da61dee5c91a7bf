/**
 * R05, in the replica: the power goes at any moment and takes every relaxed write it can.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { push, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

test('R05: nothing acknowledged is lost, the outbox sends again, and no number is used twice', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = seededRandom(`R05 ${seed}`);
    const world = await replicaWorld(['Alice phone', 'Alice laptop'], `R05 ${seed}`, { maxTails: 3 });
    const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
    const written: string[] = [];
    for (let step = 0; step < 12; step++) {
      const name = `Pollen ${step}`;
      await phone.allergy(name);
      written.push(name);
      if (random.chance(0.3)) await sync(phone.replica, world.relay);
      if (random.chance(0.5)) {
        expect(await phone.disk.losePower(100)).toBe(0); // nothing of the replica is ever written relaxed
        await phone.restart();
        expect(phone.allergies()).toEqual([...written].sort());
      }
    }
    await push(phone.replica, world.relay);
    for (const device of [laptop, phone]) await sync(device.replica, world.relay);
    expect(laptop.allergies()).toEqual([...written].sort());
    const numbers = world.relay.list(world.epochs[0]!.topic, 0).map(({ bytes, id }) => {
      const opened = openReceived(bytes, Uint8Array.from(Buffer.from(id, 'hex')), world.epochs[0]!);
      if (typeof opened === 'string') throw new Error(opened);
      return `${opened.frame.author} ${opened.frame.kind === 'control' ? 'control' : 'data'} ${opened.frame.seq}`;
    });
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
  }
});
