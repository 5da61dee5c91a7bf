/**
 * C10, in the record: a device is revoked when its words have come to number 10; whoever has its keys then releases 11 "from
 * before".
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { pull, push, settle } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  people,
  replicaWorld,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Bob phone'];

interface Stolen {
  readonly world: ReplicaWorld;
  readonly laptop: WorldDevice;
  readonly phone: WorldDevice;
  readonly tablet: WorldDevice;
  readonly bob: WorldDevice;
  readonly thief: WorldDevice;
}

/** The phone's words 1 to 10 are known to those in `knowing`; the thief, who copied it then, has said more in secret. */
async function stolenPhone(knowing: readonly ('laptop' | 'tablet' | 'bob')[]): Promise<Stolen> {
  const who = await people(NAMES);
  const world = await replicaWorld(NAMES, 'C10', { who });
  const [laptop, phone, tablet, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  const devices = { laptop, tablet, bob };
  await settle(
    world.devices.map(({ replica }) => replica),
    world.relay,
  );
  while ((phone.replica.lanesOf(phone.id)[0]?.seq ?? 0) < 10)
    await phone.allergy(`Avant ${phone.allergies().length}`);
  await push(phone.replica, world.relay);
  for (const name of knowing) await pull(devices[name].replica, world.relay);
  const disk = faultyDisk();
  const content = await phone.disk.content();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  const thief = await world.join('Alice phone', disk);
  expect(thief.replica.lanesOf(phone.id)[0]!.seq).toBe(10);
  for (let i = 0; i < 3; i++) await thief.allergy(`Volé ${i}`);
  return { world, laptop, phone, tablet, bob, thief };
}

async function revoke({ world, laptop }: Stolen): Promise<void> {
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await push(laptop.replica, world.relay);
}

const remaining = ({ laptop, tablet, bob }: Stolen) => [laptop, tablet, bob];

async function rest(scene: Stolen): Promise<void> {
  await scene.laptop.allergy('Du portable');
  await settle(
    remaining(scene).map(({ replica }) => replica),
    scene.world.relay,
  );
}

async function lateNames(device: WorldDevice): Promise<unknown[]> {
  const words = await device.replica.unsettled();
  if (!words.ok) throw new Error(words.error.type);
  expect(words.value.late.every(({ at }) => at > 0)).toBe(true);
  return words.value.late.flatMap(({ values }) =>
    values.filter(({ key }) => key.endsWith('/name')).map(({ value }) => value),
  );
}

async function expectOutcome(scene: Stolen, counted: number, late: readonly string[]): Promise<void> {
  for (const device of remaining(scene)) {
    const before = device.allergies().filter((name) => name.startsWith('Avant'));
    expect(before, device.name).toHaveLength(counted);
    expect(
      device.allergies().filter((name) => name.startsWith('Volé')),
      device.name,
    ).toEqual([]);
    expect((await lateNames(device)).filter((name) => String(name).startsWith('Volé'))).toEqual(late);
    expect(device.events, device.name).toEqual([]);
  }
  const hashes = () => new Set(remaining(scene).map(({ replica }) => hex(replica.stateHash())));
  expect(hashes().size).toBe(1);
  for (const device of remaining(scene)) await device.restart();
  expect(hashes().size).toBe(1);
}

const STOLEN = ['Volé 0', 'Volé 1', 'Volé 2'];

test('C10: revoked at number 10, 11 to 13 come out "from before": late on all, counted by none, and 1 to 10 stay', async () => {
  const scene = await stolenPhone(['laptop', 'tablet', 'bob']);
  await revoke(scene);
  await push(scene.thief.replica, scene.world.relay);
  await rest(scene);
  await expectOutcome(scene, 10, STOLEN);
});

test('C10: the same where the laptop that revokes had not synced: what the tablet had in good faith is not lost', async () => {
  const scene = await stolenPhone(['tablet']);
  await revoke(scene);
  await push(scene.thief.replica, scene.world.relay);
  await rest(scene);
  await expectOutcome(scene, 10, STOLEN);
});

test('C10: nobody had any of it: all thirteen are late, the same on all', async () => {
  const scene = await stolenPhone([]);
  await revoke(scene);
  await push(scene.thief.replica, scene.world.relay);
  await rest(scene);
  await expectOutcome(scene, 0, STOLEN);
  expect(await lateNames(scene.bob)).toHaveLength(13);
});

test('C10: released before, between or after, in any order, with any of them behind: one result on all', async () => {
  const random = seededRandom('C10');
  for (let round = 0; round < 6; round++) {
    const scene = await stolenPhone(random.shuffle(['laptop', 'tablet', 'bob'] as const).slice(0, round % 4));
    const { world, tablet, bob, thief } = scene;
    const steps = [
      () => push(thief.replica, world.relay),
      () => revoke(scene),
      () => pull(bob.replica, world.relay),
      () => pull(tablet.replica, world.relay),
    ];
    const order = random.shuffle([...steps.keys()]);
    for (const step of order) await steps[step]!();
    await rest(scene);
    const what = `round ${round}, steps ${order.join()}`;
    const hashes = new Set(remaining(scene).map(({ replica }) => hex(replica.stateHash())));
    expect(hashes.size, what).toBe(1);
    for (const device of remaining(scene)) {
      // Each word either counts or is listed late, and what counts without the laptop's word is listed as kept.
      const words = await device.replica.unsettled();
      if (!words.ok) throw new Error(words.error.type);
      const late = await lateNames(device);
      const all = [...device.allergies(), ...late].filter((name) => name !== 'Du portable');
      expect(new Set(all).size, what).toBe(13);
      expect(all, what).toHaveLength(13);
      expect(device.events, what).toEqual([]);
    }
  }
}, 120_000);

test('C10: the revoked phone itself keeps what it wrote before, and writes no more once it knows', async () => {
  const scene = await stolenPhone(['laptop', 'tablet', 'bob']);
  const { world, phone } = scene;
  await revoke(scene);
  await pull(phone.replica, world.relay);
  const edit = {
    type: 'put',
    section: 'allergies',
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    fields: { name: 'Après' },
  } as const;
  expect(await phone.replica.edit([edit])).toEqual({ ok: false, error: { type: 'not-allowed' } });
  expect(phone.allergies()).toHaveLength(10);
});
