/**
 * R03: each stored value rots in turn: a bit flips, it is cut short, it is gone.
 */
import { beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import type { Damage } from '../helpers/hostile/faulty-storage.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { people, replicaWorld, type People, type WorldDevice } from '../helpers/worlds/replica-world.ts';

/** A phone whose disk holds one of everything: a snapshot, frames after it, tails, unsent and waiting frames, a report. */
const NAMES = ['Alice phone', 'Alice laptop'];
let who: People;
beforeAll(async () => {
  who = await people(NAMES);
});

async function lived() {
  const world = await replicaWorld(NAMES, 'R03', { who, maxTails: 4 });
  const [phone, laptop] = world.devices as [WorldDevice, WorldDevice];
  for (const device of [phone, laptop]) await sync(device.replica, world.relay);
  for (let i = 0; i < 4; i++) await phone.allergy(`Pollen ${i}`);
  await push(phone.replica, world.relay);
  await phone.replica.snapshot();
  for (const device of [phone, laptop, phone]) await sync(device.replica, world.relay);
  await laptop.allergy('Latex 0');
  await laptop.allergy('Latex 1');
  const [, late] = await laptop.replica.outbox();
  await phone.replica.receive([late!]); // waits for the one before
  const topic = phone.replica.topics()[0]!;
  await phone.replica.receive([{ topic, bytes: new Uint8Array(300) }]); // reported
  await phone.allergy('Iode');
  await phone.allergy('Arachide');
  return { world, phone, laptop };
}

test('R03: whatever rots, the record opens whole, and after a sync both devices are equal and complete', async () => {
  const random = seededRandom('R03');
  const keys = (await (await lived()).phone.disk.content()).map(({ key }) => key);
  const kinds = new Set(keys.map((key) => (key[2] === 'live' ? `live ${key[3]}` : key[2])));
  expect([...kinds].sort()).toEqual(
    [
      'doomed',
      'frame',
      'live controls',
      'live head',
      'live state',
      'live tail',
      'live twin',
      'outbox',
      'parked',
      'reports',
    ].sort(),
  );
  const hows: Damage[] = ['flip', 'truncate', 'remove'];
  for (const [i, key] of keys.entries()) {
    const { world, phone, laptop } = await lived();
    const shown = phone.allergies();
    await phone.disk.damage(key, hows[i % hows.length]!, random);
    await phone.restart();
    expect(phone.allergies(), key.join('/')).toEqual(shown);
    await phone.allergy('Après');
    await settle([laptop.replica, phone.replica], world.relay);
    const all = [...shown, 'Après', 'Latex 0', 'Latex 1'].sort();
    expect(phone.allergies(), key.join('/')).toEqual(all);
    expect(laptop.allergies(), key.join('/')).toEqual(all);
    expect(hex(laptop.replica.stateHash())).toBe(hex(phone.replica.stateHash()));
    expect(laptop.events, key.join('/')).toEqual([]);
    const told = phone.events.filter(({ type }) => type !== 'frame-refused');
    expect(told, key.join('/')).toEqual([]);
  }
}, 240_000);

test('R03: one of the two heads rots and then the other, and nothing is owed', async () => {
  const { phone } = await lived();
  for (const name of ['head', 'twin', 'head']) {
    const { key } = (await phone.disk.content()).find(({ key }) => key[3] === name)!;
    await phone.disk.damage(key, 'flip', seededRandom(name));
    await phone.restart();
  }
  expect(phone.replica.isWhole()).toBe(true);
  await phone.allergy('Après');
});
