/**
 * Rules 19 and 20: whatever others say, a device can speak. What it has to name or carry beyond what a statement may hold is
 * named by the frames after it; chains are taken in only of those who are, were or are to be owners here.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { recoverBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainEpoch, chainSpaceId, type ChainEntry } from '#lib/keys/chain.ts';
import type { DeviceKeys } from '#lib/keys/device.ts';
import { deriveEpoch } from '#lib/keys/epoch.ts';
import type { ChainNews } from '#lib/keys/grounds.ts';
import { accountKey } from '#lib/keys/root.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { localKey } from '#lib/crypto/local.ts';
import { MAX_CONTROL } from '#lib/replica/authoring.ts';
import { openReceived, sealStatement, type Frame } from '#lib/replica/frames.ts';
import { chainPolicy, type ChainMembers } from '#lib/replica/policies.ts';
import { localSeal } from '#lib/replica/ports.ts';
import { createReplica, type Replica } from '#lib/replica/replica.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { MAX_OPEN } from '#lib/replica/log.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { account, type Account } from '../helpers/people/chains.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Alice old', 'Bob phone'];
const NO_HEADS = Uint8Array.of(0, 0);
const NOTE = Uint8Array.of(2, 0x16);
/** More than a statement may name. */
const MANY = 260;

async function scene(seed: string) {
  const world = await replicaWorld(NAMES, seed, { who: await people(NAMES) });
  const [laptop, phone, tablet, old, bob] = world.devices as [
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
  ];
  await settle(
    [laptop, tablet, phone, bob].map(({ replica }) => replica),
    world.relay,
  );
  return { world, laptop, phone, tablet, old, bob };
}

/** Made apart from each other, by one device. */
async function apart(times: number, make: (time: number) => Promise<Frame>): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let time = 1; time <= times; time++) frames.push(await make(time));
  return frames;
}

const notesOf = (world: ReplicaWorld, device: WorldDevice, times: number) =>
  apart(times, (time) =>
    forge(world, device, {
      ...{ kind: 'control', content: NOTE, seq: 1, before: [] },
      ...{ deps: device.replica.members().heads, clock: { time, counter: 0 } },
    }),
  );

/** The frames that a device has not sent yet, as others read them. */
async function written({ replica }: WorldDevice, world: ReplicaWorld): Promise<Frame[]> {
  return (await replica.outbox(1000)).map(({ id, bytes }) => {
    const opened = openReceived(bytes, id, world.epochs.at(-1)!, true);
    if (typeof opened === 'string') throw new Error(opened);
    return opened.frame;
  });
}

/** A replica of somebody's chain, which has heard all that was said in it. */
async function chainReplica(
  { address }: Account,
  device: DeviceKeys,
  entries: readonly ChainEntry[],
): Promise<Replica<ChainMembers>> {
  const space = chainSpaceId(address);
  const keys = await deriveEpoch(space, chainEpoch(address));
  const random = seededRandom('chain replica');
  const replica = createReplica({
    space,
    epochs: [keys],
    self: { id: device.id, signer: device.signer },
    policy: chainPolicy(address),
    ports: {
      clock: { now: () => Date.UTC(2026, 6, 1) },
      random,
      disk: faultyDisk().open(),
      seal: localSeal(localKey(random(32)), random),
    },
  });
  await replica.load();
  const frames = entries.map(({ control }) =>
    sealStatement(control.statement, 'control', keys, random, false),
  );
  await replica.receive(received(...frames));
  return replica;
}

test('D07: a control that is longer than a statement may be is refused with a reason, and nothing is said', async () => {
  const { laptop } = await scene('too long');
  const said = laptop.replica.controls().length;
  for (const length of [MAX_CONTROL + 1, 2 * MAX_CONTROL]) {
    const done = await laptop.replica.control(new Uint8Array(length));
    expect(done).toEqual({ ok: false, error: { type: 'edit-too-large' } });
  }
  expect(laptop.replica.controls()).toHaveLength(said);
  expect((await laptop.replica.control(new Uint8Array(MAX_CONTROL))).ok).toBe(true);
});

test('20: chains of 70 addresses that nobody let in, by a device of nobody’s, are not taken in, and everybody can write', async () => {
  const { world, laptop, phone, tablet } = await scene('made up');
  await world.revoke('Alice phone', [laptop, tablet], laptop);
  for (const device of [laptop, tablet]) await device.learnChains();
  const stranger = await deviceNamed('stranger');
  const chains: ChainNews[] = [];
  for (let i = 0; i < 70; i++) {
    const made = await account(`made up ${i}`, stranger);
    const carried = [made.entries()[0]!.control.statement];
    chains.push({ address: made.address, heads: made.state().heads, carried });
  }
  // Under the keys that a revoked device has: by a device that none of us knows, and by the revoked one itself.
  for (const author of [{ ...phone, id: hex(stranger.id), keys: stranger }, phone])
    for (const part of [chains.slice(0, 35), chains.slice(35)]) {
      const frame = await forge(world, author, {
        ...{ kind: 'heads', content: NO_HEADS, chains: part },
        ...(author === phone ? {} : { seq: 1, before: [] }),
      });
      await laptop.replica.receive(received(frame));
    }
  const made = new Set(chains.map(({ address }) => address));
  expect([...laptop.replica.carried().keys()].filter((address) => made.has(address))).toEqual([]);
  await laptop.restart();
  await laptop.allergy('Un mot');
  const said = await written(laptop, world);
  expect(said.flatMap((frame) => frame.chains).filter(({ address }) => made.has(address))).toEqual([]);
});

test('19: 260 controls made apart are named by two words, and both count for everybody', async () => {
  const { world, phone, tablet, bob } = await scene('notes');
  const notes = await notesOf(world, phone, MANY);
  await tablet.replica.receive(received(...notes));
  expect(tablet.replica.members().heads).toHaveLength(MANY);
  await tablet.allergy('Un');
  await tablet.allergy('Deux');
  await tablet.allergy('Trois');
  const [first, second, third] = (await written(tablet, world)).map(({ deps }) => deps);
  expect(first).toHaveLength(255);
  expect(new Set([...first!, ...second!])).toEqual(new Set(notes.map(({ saying }) => saying)));
  expect(third).toEqual([]);
  await bob.replica.receive(received(...notes));
  await push(tablet.replica, world.relay);
  await sync(bob.replica, world.relay);
  expect(bob.allergies()).toEqual(['Deux', 'Trois', 'Un']);
});

test('19: controls that name 260 others do so by two, whatever of them counts, and a rotation follows', async () => {
  const { world, phone, tablet } = await scene('controls');
  await tablet.replica.receive(received(...(await notesOf(world, phone, MANY))));
  for (let i = 0; i < 2; i++) expect(await tablet.replica.control(NOTE)).toMatchObject({ ok: true });
  expect(tablet.replica.members().heads).toHaveLength(1);
  await world.rotate(tablet, [tablet]);
  expect(tablet.replica.members().roster.current).toMatchObject({ number: 1, isVoid: false });
});

test('14: a device whose copy has said 260 words beside its own speaks on: it joins what is open, the others wait', async () => {
  const { world, laptop, tablet } = await scene('branches');
  await laptop.allergy('Avant');
  await push(laptop.replica, world.relay);
  await sync(tablet.replica, world.relay);
  const words = await apart(MANY, (time) =>
    forge(world, laptop, { kind: 'heads', content: NO_HEADS, clock: { time, counter: 0 } }),
  );
  await laptop.replica.receive(received(...words));
  await tablet.replica.receive(received(...words));
  await laptop.allergy('Un');
  await laptop.allergy('Deux');
  const said = (await written(laptop, world)).map(({ before }) => before.length);
  expect(said).toEqual([MAX_OPEN, 1]);
  await push(laptop.replica, world.relay);
  await sync(tablet.replica, world.relay);
  expect(tablet.allergies()).toEqual(['Avant', 'Deux', 'Un']);
});

test('20: 300 heads of a chain go out in two words, with what they build on, and whoever reads both knows them all', async () => {
  const { world, laptop, tablet, bob } = await scene('many heads');
  // Additions made apart: each is a head of its own.
  const before = [...laptop.account.entries()];
  for (let i = 0; i < 300; i++) {
    const fresh = await deviceNamed(`fresh ${i}`);
    await laptop.account.add(laptop.keys, fresh, before);
  }
  await laptop.learnChains();
  await laptop.allergy('Un');
  await laptop.allergy('Deux');
  await laptop.allergy('Trois');
  const { address } = laptop.account;
  const news = (await written(laptop, world)).map(({ chains }) =>
    chains.filter((one) => one.address === address),
  );
  expect(news.map((chains) => chains.map(({ heads }) => heads.length))).toEqual([[255], [45], []]);
  await push(laptop.replica, world.relay);
  await settle([tablet.replica, bob.replica], world.relay);
  for (const device of [tablet, bob]) {
    expect(device.replica.members().chains.state(address)!.active.size).toBe(304);
    expect(device.allergies()).toEqual(['Deux', 'Trois', 'Un']);
  }
});

test('a device that is about to be revoked makes 260 revocations apart in the chain: another one revokes it all the same', async () => {
  const { laptop, phone, old } = await scene('chain');
  const { account: alice } = laptop;
  const before = [...alice.entries()];
  for (let i = 0; i < MANY; i++) await alice.revoke(phone.keys, old.id, before);
  const replica = await chainReplica(alice, laptop.keys, alice.entries());
  expect(replica.members().heads).toHaveLength(1);
  expect(await replica.control(revokeDeviceBody(phone.id))).toMatchObject({ ok: true });
  expect(replica.members().chain.active.has(phone.id)).toBe(false);
});

test('a device adds 260 others apart in the chain: it is revoked, and the kit recovers, though not all are named', async () => {
  const { laptop, phone, tablet } = await scene('additions');
  const { account: alice } = laptop;
  const before = [...alice.entries()];
  for (let i = 0; i < MANY; i++) await alice.add(phone.keys, await deviceNamed(`accomplice ${i}`), before);
  const replica = await chainReplica(alice, laptop.keys, alice.entries());
  expect(replica.members().heads).toHaveLength(MANY);
  expect(await replica.control(revokeDeviceBody(phone.id))).toMatchObject({ ok: true });
  expect(replica.members().chain.active.has(phone.id)).toBe(false);
  const fresh = await deviceNamed('Alice from the kit');
  const kit = await chainReplica(alice, fresh, alice.entries());
  const body = await recoverBody(alice.address, fresh.bundle, [tablet.id], await accountKey(alice.root));
  expect(await kit.control(body)).toMatchObject({ ok: true });
  expect(kit.members().chain.active).toEqual(new Set([tablet.id, hex(fresh.id)]));
});

test('K8: a revoked device revokes its revoker 260 times, dated back: tablet, kit and the other owner go on', async () => {
  const { world, laptop, phone, tablet, bob } = await scene('ring');
  const { account: alice } = laptop;
  const before = [...alice.entries()];
  await world.revoke('Alice phone', [laptop, tablet, bob], laptop);
  for (const device of [laptop, tablet, bob]) await device.learnChains();
  for (let i = 0; i < MANY; i++) await alice.revoke(phone.keys, laptop.id, before);
  for (const device of [tablet, bob]) await device.learnChains();
  expect(alice.state().heads).toHaveLength(2);
  await tablet.allergy('De la tablette');
  // The laptop, which let Bob in, is out with the thief: somebody confirms Bob by a tap (rule 4).
  const { unconfirmed } = tablet.replica.members().roster;
  expect(await tablet.replica.control(NOTE, undefined, unconfirmed)).toMatchObject({ ok: true });
  await settle([tablet.replica, bob.replica], world.relay);
  await bob.allergy('De Bob');
  await settle([tablet.replica, bob.replica], world.relay);
  for (const device of [tablet, bob]) expect(device.allergies()).toEqual(['De Bob', 'De la tablette']);
  const chain = await chainReplica(alice, tablet.keys, alice.entries());
  expect(await chain.control(revokeDeviceBody(phone.id))).toMatchObject({ ok: true });
  const fresh = await deviceNamed('Alice from the kit');
  const kit = await chainReplica(alice, fresh, alice.entries());
  const body = await recoverBody(alice.address, fresh.bundle, [tablet.id], await accountKey(alice.root));
  expect(await kit.control(body)).toMatchObject({ ok: true });
  expect(kit.members().chain.active).toEqual(new Set([tablet.id, hex(fresh.id)]));
});

test('20: a frame with the chain of somebody who is to join waits for the word that lets them in', async () => {
  const { world, laptop, tablet } = await scene('joining');
  const carlasPhone = await deviceNamed('Carla phone');
  const carla = await account('Carla', carlasPhone);
  const carried = [carla.entries()[0]!.control.statement];
  const early = await forge(world, laptop, {
    ...{ kind: 'heads', content: NO_HEADS },
    chains: [{ address: carla.address, heads: carla.state().heads, carried }],
  });
  expect(await tablet.replica.receive(received(early))).toMatchObject({ value: { admitted: 0, refused: 0 } });
  expect(tablet.replica.carried().has(carla.address)).toBe(false);
  const { heads } = laptop.replica.members();
  const join = await forge(world, laptop, {
    kind: 'control',
    content: encodeRosterBody({
      ...{ type: 'join', address: carla.address, device: hex(carlasPhone.id), heads },
      ...{ acceptance: new Uint8Array(64), consents: [], statement: null },
    }),
    ...{ seq: 2, before: [heads[0]!], deps: heads },
  });
  await tablet.replica.receive(received(join));
  expect(tablet.replica.carried().has(carla.address)).toBe(true);
});
