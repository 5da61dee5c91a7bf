/**
 * Rules 28 to 30: what a snapshot covers, and when what is covered is let go.
 */
import { expect, test, vi } from 'vitest';
import { concat, fromHex, hex } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { deflate } from '#lib/replica/deflate.ts';
import { openReceived } from '#lib/replica/frames.ts';
import type { FoldedLane } from '#lib/replica/snapshot.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { snapshotBy, truthOf } from '../helpers/hostile/snapshots.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { pull, push, settle, sync, without, type PlainRelay } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Alice new'];

async function three(seed: string) {
  const world = await replicaWorld(NAMES, seed, { who: await people(NAMES) });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle([laptop.replica, phone.replica], world.relay);
  for (const name of ['Un', 'Deux']) await phone.allergy(name);
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  return { world, laptop, phone, tablet };
}

const framesOf = async ({ disk }: WorldDevice) =>
  (await disk.content()).filter(({ key }) => key[2] === 'frame').length;

function expectSame(...devices: readonly WorldDevice[]): void {
  expect(new Set(devices.map(({ replica }) => hex(replica.stateHash()))).size).toBe(1);
}

async function doom(relay: PlainRelay, ...devices: readonly WorldDevice[]): Promise<void> {
  for (const device of devices)
    for (const { topic, ids } of await device.replica.deletable()) relay.doom(topic, ids);
  relay.purge();
}

test('28: late words are never covered: they are late still after a snapshot, an erasure and a restart', async () => {
  const { world, laptop, phone, tablet } = await three('late and snapshot');
  await phone.allergy('Tard');
  await push(phone.replica, world.relay);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await push(laptop.replica, world.relay);
  await settle([laptop.replica, tablet.replica], world.relay);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await settle([laptop.replica, tablet.replica], world.relay);
  await doom(world.relay, laptop, tablet);
  const fresh = await world.join('Alice new');
  await settle([laptop.replica, tablet.replica, fresh.replica], world.relay);
  for (const device of [laptop, tablet, fresh]) {
    await device.restart();
    await sync(device.replica, world.relay);
    expect(device.allergies()).toEqual(['Deux', 'Un']);
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 1 });
  }
  const words = await fresh.replica.unsettled();
  const late = words.ok ? words.value.late : [];
  expect(late.flatMap(({ values }) => values.map(({ value }) => value))).toContain('Tard');
  await fresh.replica.takeInWords(late.map(({ saying }) => saying));
  await settle([fresh.replica, laptop.replica], world.relay);
  for (const device of [fresh, laptop]) expect(device.allergies()).toEqual(['Deux', 'Tard', 'Un']);
});

test('10 28: what was kept although the revoking device had not seen it is listed still after a snapshot, an erasure and a restart', async () => {
  const { world, laptop, phone, tablet } = await three('kept and snapshot');
  for (const name of ['Trois', 'Quatre', 'Cinq', 'Six', 'Sept']) await phone.allergy(name);
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  expect((await laptop.replica.publishHeads()).ok).toBe(true); // as before every revocation
  await phone.allergy('Gardée');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Du portable'); // carries the revocation
  await settle([laptop.replica, tablet.replica], world.relay);
  const before = await framesOf(laptop);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await settle([laptop.replica, tablet.replica], world.relay);
  await doom(world.relay, laptop, tablet);
  expect(await framesOf(laptop)).toBeLessThan(before);
  const fresh = await world.join('Alice new');
  await settle([laptop.replica, tablet.replica, fresh.replica], world.relay);
  for (const device of [laptop, tablet, fresh]) {
    await device.restart();
    await sync(device.replica, world.relay);
    expect(device.allergies()).toHaveLength(9);
    const words = await device.replica.unsettled();
    const kept = words.ok ? words.value.kept : [];
    expect(
      kept.flatMap(({ values }) => values.map(({ value }) => value)),
      device.name,
    ).toContain('Gardée');
    expect(kept.flatMap(({ values }) => values.map(({ value }) => value))).not.toContain('Un');
  }
  expectSame(laptop, tablet, fresh);
});

test('28: a late word that replaces a value which is folded by now is listed with its place', async () => {
  const { world, laptop, phone, tablet } = await three('late over folded');
  const id = await phone.allergy('Pollen');
  await settle([phone.replica, laptop.replica, tablet.replica], world.relay);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  await doom(world.relay, laptop, tablet);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica, tablet.replica], world.relay);
  await phone.allergy('Pollen de bouleau', id);
  await push(phone.replica, world.relay);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    const words = await device.replica.unsettled();
    const late = words.ok ? words.value.late.flatMap(({ values }) => values) : [];
    expect(late).toContainEqual({ section: 'allergies', key: `${id}/name`, value: 'Pollen de bouleau' });
  }
});

test('28: what a folded word had named counts, also where it comes after the snapshot', async () => {
  const { world, laptop, phone, tablet } = await three('names in snapshot');
  await phone.allergy('Retenu');
  const hidden = new Set((await phone.replica.outbox()).map(({ id }) => hex(id)));
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await tablet.allergy('De la tablette'); // names the phone's word
  await push(tablet.replica, world.relay);
  const shown = without(world.relay, hidden);
  await pull(laptop.replica, shown);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await push(laptop.replica, shown);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await settle([laptop.replica], shown);
  expect(laptop.allergies()).toEqual(['De la tablette', 'Deux', 'Un']);
  expect(await framesOf(laptop)).toBeLessThan(6); // the naming frame is let go
  await settle([laptop.replica], world.relay);
  expect(laptop.allergies()).toEqual(['De la tablette', 'Deux', 'Retenu', 'Un']);
  await settle([tablet.replica, laptop.replica], world.relay);
  await laptop.restart();
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['De la tablette', 'Deux', 'Retenu', 'Un']);
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 0 });
  }
  expectSame(laptop, tablet);
});

test('29: what is covered is let go only once the relay has the word of this device that names the snapshot', async () => {
  const { world, laptop, phone, tablet } = await three('let go');
  for (const name of ['Trois', 'Quatre', 'Cinq']) await phone.allergy(name);
  await settle([phone.replica, laptop.replica, tablet.replica], world.relay);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await push(laptop.replica, world.relay);
  const before = await framesOf(tablet);
  await pull(tablet.replica, world.relay);
  expect(tablet.replica.unsent()).toBe(1); // the word that names it
  expect(await framesOf(tablet)).toBeGreaterThanOrEqual(before);
  await tablet.restart();
  await pull(tablet.replica, world.relay);
  expect(await framesOf(tablet)).toBeGreaterThanOrEqual(before);
  expect(await tablet.replica.deletable()).toEqual([]);
  await push(tablet.replica, world.relay);
  expect(await framesOf(tablet)).toBeLessThan(before);
  expect((await tablet.replica.deletable()).flatMap(({ ids }) => ids).length).toBeGreaterThan(0);
  expect(tablet.allergies()).toHaveLength(5);
});

test('29: a newcomer does not start from the snapshot of a revoked device, though the relay shows it nothing else', async () => {
  const { world, laptop, phone } = await three('thief');
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  expect((await phone.replica.snapshot()).ok).toBe(true);
  await push(phone.replica, world.relay);
  const [keys] = world.epochs;
  const shown = world.relay.topics.get(hex(keys!.topic))!.filter(({ id, bytes }) => {
    const opened = openReceived(bytes, fromHex(id), keys!, true);
    return typeof opened !== 'string' && ['control', 'snapshot'].includes(opened.frame.kind);
  });
  world.relay.topics.set(hex(keys!.topic), shown);
  const fresh = await world.join('Alice new');
  for (let round = 0; round < 2; round++) {
    await settle([fresh.replica], world.relay);
    expect(fresh.allergies()).toEqual([]);
    expect(fresh.replica.lanesOf(laptop.id)).toEqual([]);
    await fresh.restart();
  }
});

test('29: a newcomer starts from a snapshot by a device revoked since, which a standing one has named; else from nothing', async () => {
  for (const isNamed of [true, false]) {
    const { world, laptop, phone, tablet } = await three(`newcomer ${isNamed}`);
    expect((await phone.replica.snapshot()).ok).toBe(true);
    await sync(phone.replica, world.relay);
    if (isNamed) {
      await settle([laptop.replica, tablet.replica, phone.replica], world.relay);
      await doom(world.relay, laptop, phone, tablet);
    }
    await world.revoke('Alice phone', [], laptop);
    await laptop.learnChains();
    await push(laptop.replica, world.relay);
    const fresh = await world.join('Alice new');
    await settle([fresh.replica], world.relay);
    expect(fresh.allergies(), `named: ${isNamed}`).toEqual(['Deux', 'Un']);
    // It vouches for nothing that it has only been told.
    if (isNamed) expect(fresh.replica.lanesOf(fresh.id)).toEqual([]);
    await settle([laptop.replica, fresh.replica], world.relay);
    expectSame(laptop, fresh);
    expect(fresh.events).toEqual([]);
  }
});

test('28: what a device had folded, and the relay erased, before one that was behind revoked it, is listed late and comes in at once', async () => {
  const { world, laptop, phone, tablet } = await three('folded and revoked');
  for (const name of ['Trois', 'Quatre']) await phone.allergy(name);
  await push(phone.replica, world.relay);
  expect((await phone.replica.snapshot()).ok).toBe(true);
  await sync(phone.replica, world.relay);
  await doom(world.relay, phone);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica, tablet.replica], world.relay);
  const late = async (device: WorldDevice) => {
    const words = await device.replica.unsettled();
    return words.ok ? words.value.late : [];
  };
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Deux', 'Un']);
    const [folded, ...others] = await late(device);
    expect(others).toEqual([]);
    expect(folded?.device).toBe(phone.id);
    expect(folded?.values.map(({ value }) => value)).toEqual(expect.arrayContaining(['Trois', 'Quatre']));
    expect(folded?.values.map(({ value }) => value)).not.toContain('Un'); // that one counts
  }
  const [folded] = await late(laptop);
  expect((await laptop.replica.takeInWords([folded!.saying])).ok).toBe(true);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Deux', 'Quatre', 'Trois', 'Un']);
    expect(await late(device)).toEqual([]);
    expect(device.events).toEqual([]);
    await device.restart();
    expect(device.allergies()).toEqual(['Deux', 'Quatre', 'Trois', 'Un']);
  }
  expectSame(laptop, tablet);
});

test('28 29: a newcomer that had started from a snapshot, and had not shown it, has it late when its maker turns out to be revoked', async () => {
  const { world, laptop, phone } = await three('started from a late one');
  await phone.allergy('Trois');
  await push(phone.replica, world.relay);
  expect((await phone.replica.snapshot()).ok).toBe(true);
  await sync(phone.replica, world.relay);
  await doom(world.relay, phone);
  const fresh = await world.join('Alice new');
  await sync(fresh.replica, world.relay);
  expect(fresh.allergies()).toEqual(['Deux', 'Trois', 'Un']);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await push(laptop.replica, world.relay);
  // What the phone had erased, and the laptop has, is put again (rule 22).
  for (const [topic, kept] of world.relay.topics)
    await laptop.replica.reconcile(
      fromHex(topic),
      kept.map(({ id }) => fromHex(id)),
    );
  for (let round = 0; round < 2; round++) await settle([laptop.replica, fresh.replica], world.relay);
  for (const device of [laptop, fresh]) {
    expect(device.allergies(), device.name).toEqual(['Deux', 'Un']);
    const words = await device.replica.unsettled();
    const late = words.ok ? words.value.late.flatMap(({ values }) => values.map(({ value }) => value)) : [];
    expect(late, device.name).toContain('Trois');
  }
});

test('28: a late word that replaces what only a late snapshot holds is listed with its place', async () => {
  const { world, laptop, phone, tablet } = await three('late over late');
  const id = await phone.allergy('Pollen');
  await push(phone.replica, world.relay);
  expect((await phone.replica.snapshot()).ok).toBe(true);
  await sync(phone.replica, world.relay);
  await doom(world.relay, phone);
  await phone.allergy('Pollen de bouleau', id);
  await push(phone.replica, world.relay);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    const words = await device.replica.unsettled();
    const late = words.ok ? words.value.late.flatMap(({ values }) => values) : [];
    for (const value of ['Pollen', 'Pollen de bouleau'])
      expect(late, device.name).toContainEqual({ section: 'allergies', key: `${id}/name`, value });
  }
});

test('28: a snapshot by a device that does not stand is inflated by nobody, at no receive, in no process', async () => {
  const { world, laptop, phone } = await three('late bomb');
  await world.revoke('Alice phone', [laptop], laptop);
  await laptop.learnChains();
  const zeros = new Uint8Array(4 * 1024 * 1024);
  const content = concat(Uint8Array.of(0, 1), new Writer(8).u32(zeros.length).finish(), await deflate(zeros));
  const bomb = await forge(world, phone, { kind: 'snapshot', content }, laptop);
  const inflating = vi.spyOn(globalThis, 'DecompressionStream');
  await laptop.replica.receive(received(bomb), { upToDate: true });
  for (const restarts of [false, true]) {
    if (restarts) await laptop.restart();
    await laptop.replica.receive([], { upToDate: true });
  }
  expect(inflating).not.toHaveBeenCalled();
  inflating.mockRestore();
  expect(await laptop.replica.lateWords()).toEqual({ ok: true, value: 1 });
});

/** Alice's tablet is shown everything but Bob's join; her laptop has folded what Bob and she said. */
async function keptBack(seed: string) {
  const names = ['Alice laptop', 'Alice tablet', 'Bob phone'];
  const world = await replicaWorld(names, seed, { who: await people(names) });
  const [laptop, tablet, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  const join = hex((await laptop.replica.outbox())[1]!.id);
  const shown = without(world.relay, new Set([join]));
  await settle([laptop.replica, bob.replica], world.relay);
  await bob.allergy('De Bob');
  await laptop.allergy('D’Alice');
  await settle([laptop.replica, bob.replica], world.relay);
  await sync(tablet.replica, shown);
  return { world, laptop, tablet, bob, shown };
}

test('20 28: a snapshot brings the join that the relay keeps back, and its maker is not accused of what the relay did', async () => {
  const { laptop, tablet, bob, world, shown } = await keptBack('join kept back');
  expect(tablet.replica.members().roster.owners.size).toBe(1);
  expect((await laptop.replica.snapshot()).ok).toBe(true);
  await settle([laptop.replica, bob.replica], world.relay);
  for (let i = 0; i < 2; i++) await sync(tablet.replica, shown);
  expect(tablet.replica.members().roster.owners.size).toBe(2);
  expect(tablet.allergies()).toEqual(['De Bob', 'D’Alice']);
  await tablet.restart();
  await settle([laptop.replica, bob.replica], world.relay);
  await sync(tablet.replica, shown);
  expectSame(laptop, tablet, bob);
  for (const device of [laptop, tablet, bob])
    expect(device.events.filter(({ type }) => type === 'snapshot-refused')).toEqual([]);
});

test('C09: a snapshot with a lane of somebody whom nothing in it introduces is refused', async () => {
  const { laptop, bob, world } = await keptBack('lane of a stranger');
  const truth = await truthOf(world, laptop);
  const [[, one]] = [...truth.lanes] as [[string, FoldedLane]];
  const stranger = hex((await deviceNamed('Dan phone')).id);
  const lanes = new Map(truth.lanes).set(stranger, { ...one, head: { ...one.head, author: stranger } });
  const lie = await snapshotBy(world, bob, { ...truth, lanes }, bob);
  await laptop.replica.receive(received(lie));
  expect(laptop.events).toContainEqual({ type: 'snapshot-refused', author: bob.id, frame: lie.id });
});
