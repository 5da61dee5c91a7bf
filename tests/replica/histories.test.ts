/**
 * Histories that once broke the rules of who counts (K1, K2, K5, K9, K10), as far as one record shows them. K3 and K4 are in
 * branches.test.ts.
 */
import { beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { encodeHeads } from '#lib/replica/bodies.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { forge } from '../helpers/hostile/forge.ts';
import { account } from '../helpers/people/chains.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type People, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];

function expectSame(...devices: readonly WorldDevice[]): void {
  expect(new Set(devices.map(({ replica }) => hex(replica.stateHash()))).size).toBe(1);
}

async function valuesOf(device: WorldDevice, which: 'late' | 'kept'): Promise<unknown[]> {
  const words = await device.replica.unsettled();
  if (!words.ok) throw new Error(words.error.type);
  return words.value[which].flatMap(({ values }) =>
    values.filter(({ key }) => key.endsWith('/name')).map(({ value }) => value),
  );
}

/** The phone will link a new device, and the laptop not hear of it. */
async function withNew(): Promise<People> {
  const names = ['Alice laptop', 'Alice phone', 'Alice new', 'Alice tablet'];
  const keys = new Map<string, DeviceKeys>();
  for (const name of names) keys.set(name, await deviceNamed(name));
  const [laptop, phone, , tablet] = names.map((name) => keys.get(name)!) as [
    DeviceKeys,
    DeviceKeys,
    DeviceKeys,
    DeviceKeys,
  ];
  const alice = await account('Alice', laptop);
  await alice.add(laptop, phone);
  await alice.add(laptop, tablet);
  return { keys, accounts: new Map([['Alice', alice]]) };
}

test('K1: the phone links N, N writes, a stale laptop revokes the phone: what the tablet had shown of N stays, the rest is late', async () => {
  const who = await withNew();
  const world = await replicaWorld(['Alice laptop', 'Alice phone', 'Alice new', 'Alice tablet'], 'K1', {
    who,
  });
  const [laptop, phone, fresh, tablet] = world.devices as [
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
  ];
  const { address } = laptop.account;
  await push(laptop.replica, world.relay);
  await laptop.account.add(phone.keys, fresh.keys);
  for (const device of [fresh, tablet]) {
    await device.learnChains();
    await sync(device.replica, world.relay);
  }
  await fresh.allergy('Montré');
  await push(fresh.replica, world.relay);
  await settle([tablet.replica], world.relay);
  expect(tablet.allergies()).toEqual(['Montré']);
  await world.revoke('Alice phone', [], laptop);
  laptop.chains = new Map([
    [address, [...laptop.account.entries().slice(0, 3), laptop.account.entries().at(-1)!]],
  ]);
  await laptop.replica.refresh();
  await laptop.allergy('Du portable');
  await push(laptop.replica, world.relay);
  await fresh.allergy('Trop tard');
  await push(fresh.replica, world.relay);
  await settle([tablet.replica, laptop.replica], world.relay);
  for (const device of [tablet, laptop]) {
    expect(device.replica.members().isKnown(fresh.id)).toBe(true);
    expect(device.replica.members().stands(fresh.id)).toBe(false);
    expect(device.allergies()).toEqual(['Du portable', 'Montré']);
    expect(await valuesOf(device, 'late')).toEqual(['Trop tard']);
    expect(device.events).toEqual([]);
  }
  expectSame(tablet, laptop);
});

test('K2: Bob was let in by a device that a thief revokes: what Bob had said is nowhere lost, and an active device confirms', async () => {
  const names = ['Alice laptop', 'Alice phone', 'Bob phone'];
  const world = await replicaWorld(names, 'K2', { who: await people(names) });
  const [laptop, phone, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await push(laptop.replica, world.relay);
  await sync(bob.replica, world.relay);
  await bob.allergy('De Bob');
  await push(bob.replica, world.relay);
  // A copy of Alice's phone revokes the laptop before the phone has named the join.
  await world.revoke('Alice laptop', [], phone);
  await bob.learnChains();
  await phone.learnChains();
  await sync(phone.replica, world.relay);
  const { roster } = phone.replica.members();
  expect(roster.unconfirmed).toHaveLength(1);
  expect(roster.owners.has(bob.account.address)).toBe(false);
  expect(await valuesOf(phone, 'late')).toEqual(['De Bob']);
  expect(bob.allergies()).toEqual(['De Bob']);
  // A tap on Alice's phone: it names the join again.
  await sync(phone.replica, world.relay);
  expect((await phone.replica.control(Uint8Array.of(2, 0x16), undefined, roster.unconfirmed)).ok).toBe(true);
  await settle([phone.replica, bob.replica], world.relay);
  for (const device of [phone, bob]) {
    expect(device.replica.members().roster.owners.has(bob.account.address)).toBe(true);
    expect(device.allergies()).toEqual(['De Bob']);
    expect(await valuesOf(device, 'late')).toEqual([]);
  }
  expectSame(phone, bob);
});

async function three(seed: string) {
  const world = await replicaWorld(NAMES, seed, { who: await people(NAMES) });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle([laptop.replica, phone.replica], world.relay);
  const id = await phone.allergy('Avant');
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  return { world, laptop, phone, tablet, id };
}

test('K5: a stolen device names old heads of the roster for ever: its words are late whatever they name', async () => {
  const { world, laptop, phone, tablet } = await three('K5');
  const [head] = laptop.replica.lanesOf(laptop.id);
  const old = laptop.replica.members().heads;
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica, tablet.replica], world.relay);
  const content = encodeHeads({ frontier: [], others: new Map() });
  let place = {};
  for (const deps of [old, [], old]) {
    const frame = await forge(world, phone, {
      kind: 'heads',
      content,
      deps,
      names: head ? [head] : [],
      ...place,
    });
    place = { seq: frame.seq + 1, before: [frame.saying] };
    world.relay.put(frame.topic, frame.bytes);
  }
  await laptop.allergy('Après');
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 3 });
    expect(device.allergies()).toEqual(['Après', 'Avant']);
    expect(device.events).toEqual([]);
  }
  expectSame(laptop, tablet);
});

test('K9: the tablet writes over what a late word had changed: taken in later, neither value is lost, and the newer is shown', async () => {
  const { world, laptop, phone, tablet, id } = await three('K9');
  await phone.allergy('Tardif', id);
  await push(phone.replica, world.relay);
  await laptop.replica.publishHeads(); // as the app does before it revokes
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await laptop.replica.publishHeads();
  await push(laptop.replica, world.relay);
  await settle([tablet.replica, laptop.replica], world.relay);
  world.clock.jump(60_000);
  await tablet.allergy('De la tablette', id);
  await settle([tablet.replica, laptop.replica], world.relay);
  expect(await valuesOf(laptop, 'late')).toEqual(['Tardif']);
  const words = await laptop.replica.unsettled();
  await laptop.replica.takeInWords(words.ok ? words.value.late.map(({ saying }) => saying) : []);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['De la tablette']);
    expect(await valuesOf(device, 'late')).toEqual([]);
    expect(await valuesOf(device, 'kept')).toEqual(['Tardif']);
  }
  expectSame(laptop, tablet);
  await laptop.allergy('Réglé', id);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) expect(device.allergies()).toEqual(['Réglé']);
});

let alone: People;
beforeAll(async () => {
  const [phone, fresh] = [await deviceNamed('Alice phone'), await deviceNamed('Alice fresh')];
  const alice = await account('Alice', phone);
  alone = {
    keys: new Map([
      ['Alice phone', phone],
      ['Alice fresh', fresh],
    ]),
    accounts: new Map([['Alice', alice]]),
  };
});

test('K10: the thief acts, then the kit recovers: the words since the loss are late until they are taken in, one by one', async () => {
  const world = await replicaWorld(['Alice phone', 'Alice fresh'], 'K10', { who: alone });
  const [phone, fresh] = world.devices as [WorldDevice, WorldDevice];
  await push(phone.replica, world.relay);
  await phone.allergy('Avant la perte');
  await push(phone.replica, world.relay);
  const disk = faultyDisk();
  const content = await phone.disk.content();
  await disk.open().write(
    content.map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  const thief = await world.join('Alice phone', disk);
  world.clock.jump(86_400_000);
  await thief.allergy('Du voleur');
  await push(thief.replica, world.relay);
  await fresh.account.recover(fresh.keys, []);
  await fresh.learnChains();
  await settle([fresh.replica], world.relay);
  expect(fresh.replica.members().stands(fresh.id)).toBe(true);
  expect(fresh.replica.members().stands(phone.id)).toBe(false);
  // Nothing counts by itself: the new device had shown none of it.
  expect(fresh.allergies()).toEqual([]);
  const words = await fresh.replica.unsettled();
  const late = words.ok ? words.value.late : [];
  expect(await valuesOf(fresh, 'late')).toEqual(['Avant la perte', 'Du voleur']);
  expect(late[1]!.at - late[0]!.at).toBeGreaterThan(80_000_000);
  expect((await fresh.replica.takeInWords([late[0]!.saying])).ok).toBe(true);
  await settle([fresh.replica], world.relay);
  await fresh.restart();
  expect(fresh.allergies()).toEqual(['Avant la perte']);
  expect(await valuesOf(fresh, 'late')).toEqual(['Du voleur']);
});
