/**
 * B06: a profile is copied (a tab cloned, a virtual machine rolled back) and both copies go on with the same keys.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { frameKey, sealFrame } from '#lib/crypto/frame.ts';
import { systemRandom } from '#lib/crypto/random.ts';
import { faultyDisk, type FaultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { times } from '../helpers/tools/depth.ts';
import { push, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

/**
 * A hundred thousand are B06's number, and the thorough run's. A salt of three bytes, or one made of time, number or copy,
 * comes twice among fewer.
 */
const FRAMES = times(30_000, 100_000);

async function copyOf(device: WorldDevice): Promise<FaultyDisk> {
  const disk = faultyDisk();
  const content = await device.disk.content();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  return disk;
}

test('B06: both copies and everybody else are told, all agree, and what either wrote is kept', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice laptop']);
  const phone = world.device('Alice phone');
  const laptop = world.device('Alice laptop');
  await phone.allergy('Pollen');
  await push(phone.replica, world.relay);
  const copy = await world.join('Alice phone', await copyOf(phone));
  for (const [i, device] of [phone, copy, phone, copy, copy].entries()) await device.allergy(`Allergie ${i}`);
  for (let round = 0; round < 3; round++)
    for (const device of [phone, copy, laptop]) await sync(device.replica, world.relay);
  for (const device of [phone, copy, laptop]) {
    expect(device.events.map(({ type }) => type)).toEqual(['duplicate-device']);
    expect(device.events[0]).toMatchObject({ author: phone.id, self: device !== laptop });
    expect(device.allergies()).toEqual([
      'Allergie 0',
      'Allergie 1',
      'Allergie 2',
      'Allergie 3',
      'Allergie 4',
      'Pollen',
    ]);
  }
  const hashes = new Set([phone, copy, laptop].map(({ replica }) => hex(replica.stateHash())));
  expect(hashes.size).toBe(1);
});

test(`B06: ${FRAMES} frames of both copies under one key have no salt twice`, () => {
  const secret = new Uint8Array(32).fill(1);
  const copies = [frameKey(new Uint8Array(32), 0, secret), frameKey(new Uint8Array(32), 0, secret)];
  const salts = new Set<string>();
  // The salt makes key and nonce of a frame, whatever is in it.
  for (let i = 0; i < FRAMES; i++) {
    const frame = sealFrame(copies[i % 2]!, 'update', Uint8Array.of(1), systemRandom);
    salts.add(Buffer.from(frame.buffer, frame.byteOffset + 1, 24).toString('latin1'));
  }
  expect(salts.size).toBe(FRAMES);
}, 60_000);
