/**
 * Chains are kept and carried whole (rules 1, 20 and 28): what does not count of them is known too, for who is known, and known
 * to be revoked, may follow from it alone; and nobody's chains crowd out those of owners.
 */
import { expect, test } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { acceptAddress, addDeviceBody, decodeChainBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainSpaceId, type ChainEntry } from '#lib/keys/chain.ts';
import { decodeControl } from '#lib/keys/control.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { signInner } from '#lib/keys/signed.ts';
import { fitting, MAX_OTHERS } from '#lib/replica/snapshot.ts';
import { forge } from '../helpers/hostile/forge.ts';
import { account, type Account } from '../helpers/people/chains.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { pull, push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Alice old', 'Bob phone'];
const replicasOf = (devices: readonly WorldDevice[]) => devices.map(({ replica }) => replica);

/** Everything that a snapshot covers leaves the relay. */
async function fold(world: ReplicaWorld, by: WorldDevice, all: readonly WorldDevice[]): Promise<void> {
  expect((await by.replica.snapshot()).ok).toBe(true);
  await settle(replicasOf(all), world.relay);
  for (const { replica } of all)
    for (const { topic, ids } of await replica.deletable()) world.relay.doom(topic, ids);
  world.relay.purge();
  await by.allergy('Fin');
  await settle(replicasOf(all), world.relay);
}

/** Somebody who is shown no chain but their own. */
function alone(world: ReplicaWorld, name: string): Promise<WorldDevice> {
  const { address, entries } = [...world.people.accounts.values()].find((one) => name.startsWith(one.name))!;
  return world.join(name, undefined, { chains: new Map([[address, [...entries()]]]), ring: null });
}

/** K1: the phone links N, which writes and is vouched for; a stale laptop revokes the phone, so that N's addition is void. */
async function voidAddition() {
  const who = await people([...NAMES, 'Bob new']);
  const n = await deviceNamed('Alice N');
  const keys = new Map(who.keys).set('Alice N', n);
  const world = await replicaWorld(NAMES, 'void addition', { who: { ...who, keys } });
  const [laptop, phone, tablet, old, bob] = world.devices as [
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
  ];
  await settle(replicasOf(world.devices), world.relay);
  const base = [...laptop.account.entries()];
  await laptop.account.add(phone.keys, n);
  for (const device of [phone, laptop, tablet]) await device.learnChains();
  const written = await world.join('Alice N');
  await settle(replicasOf([laptop, phone, tablet, bob, written]), world.relay);
  await written.allergy('De N');
  await settle(replicasOf([laptop, phone, tablet, bob, written]), world.relay);
  await laptop.account.revoke(old.keys, phone.id, base);
  const left = [laptop, tablet, bob];
  for (const device of left) await device.learnChains();
  await settle(replicasOf(left), world.relay);
  return { world, laptop, phone, tablet, bob, left, n: hex(n.id) };
}

test('28: a snapshot tells of the device whose addition is void: a newcomer takes its lane, and what stands in it', async () => {
  const { world, laptop, left, n } = await voidAddition();
  await fold(world, laptop, left);
  const fresh = await alone(world, 'Bob new');
  await settle([fresh.replica], world.relay);
  expect(fresh.replica.members().isRevoked(n)).toBe(true);
  expect(fresh.allergies()).toEqual(['De N', 'Fin']);
  expect(fresh.events).toEqual([]);
  expect(hex(fresh.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
});

test('20: a word carries a void addition too, after what counts: who hears no chain knows the device, and that it is out', async () => {
  const names = [...NAMES, 'Bob new'];
  const world = await replicaWorld(NAMES, 'void word', { who: await people(names) });
  const [laptop, phone, , old] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  await settle(replicasOf(world.devices), world.relay);
  const ignorant = await alone(world, 'Bob new');
  // The phone links N, and is revoked beside it, before the laptop hears of either.
  const n = await deviceNamed('Alice N');
  const base = [...laptop.account.entries()];
  await laptop.account.add(phone.keys, n);
  await laptop.account.revoke(old.keys, phone.id, base);
  await laptop.learnChains();
  await laptop.allergy('Suite');
  await push(laptop.replica, world.relay);
  await sync(ignorant.replica, world.relay);
  const known = ignorant.replica.members();
  expect(known.chains.entries(phone.account.address)).toHaveLength(base.length + 2);
  expect(known.isKnown(hex(n.id))).toBe(true);
  expect(known.isRevoked(hex(n.id))).toBe(true);
});

test('1: after a restart the device whose addition is void is known as before, and nothing that it said leaves the record', async () => {
  const { world, laptop, phone, left, n } = await voidAddition();
  await fold(world, laptop, left);
  const before = hex(laptop.replica.stateHash());
  for (const device of left) {
    await device.restart();
    expect(device.replica.members().isKnown(n)).toBe(true);
  }
  // A late word has the lanes counted anew.
  await phone.allergy('Tard');
  await push(phone.replica, world.relay);
  for (const device of left) {
    await pull(device.replica, world.relay);
    expect(device.allergies()).toEqual(['De N', 'Fin']);
    expect(hex(device.replica.stateHash())).toBe(before);
  }
});

test('20: addresses that a revoked device lets join, smaller than those of the owners, crowd these out of no word and no snapshot', async () => {
  const world = await replicaWorld(NAMES, 'crowd', { who: await people([...NAMES, 'Bob new']) });
  const [laptop, phone, tablet, old] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  const bob = await alone(world, 'Bob phone');
  const left = [laptop, tablet, bob];
  await settle(replicasOf([...left, phone, old]), world.relay);
  await world.revoke('Alice phone', [laptop, tablet], laptop);
  for (const device of [laptop, tablet]) await device.learnChains();
  await laptop.allergy('Un');
  await settle(replicasOf(left), world.relay);
  const mallory = await deviceNamed('Mallory');
  const owners = [laptop.account.address, bob.account.address].sort();
  const made: Account[] = [];
  for (let i = 0; made.length < 64; i++) {
    const one = await account(`Y${i}`, mallory);
    if (one.address < owners[0]!) made.push(one);
  }
  for (const { address, state, entries } of made) {
    const content = encodeRosterBody({
      ...{ type: 'join', address, device: hex(mallory.id), heads: ['ab'.repeat(32)] },
      ...{ acceptance: new Uint8Array(64), consents: [], statement: null },
    });
    const carried = entries().map(({ control }) => control.statement);
    const place = { seq: 1, before: [], deps: [hex(laptop.replica.controls()[0]!.id)] };
    const chains = [{ address, heads: state().heads, carried }];
    const join = await forge(world, phone, { kind: 'control', content, ...place, chains });
    world.relay.put(join.topic, join.bytes);
  }
  await pull(laptop.replica, world.relay);
  await world.revoke('Alice old', [laptop], laptop);
  await laptop.learnChains();
  await laptop.allergy('Deux');
  await push(laptop.replica, world.relay);
  await sync(bob.replica, world.relay);
  expect(bob.replica.members().stands(old.id)).toBe(false);
  await settle(replicasOf(left), world.relay);
  await fold(world, laptop, left);
  const fresh = await alone(world, 'Bob new');
  for (let i = 0; i < 3; i++) await settle([fresh.replica], world.relay);
  expect(fresh.replica.members().stands(old.id)).toBe(false);
  expect(fresh.allergies()).toEqual(['Deux', 'Fin', 'Un']);
  expect(hex(fresh.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
}, 60_000);

test('28: of a chain longer than a frame may carry a snapshot tells the end too, where the thief is revoked', async () => {
  const world = await replicaWorld(NAMES, 'long', { who: await people([...NAMES, 'Bob new']) });
  const [laptop, phone, tablet, , bob] = world.devices as [
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
  ];
  const left = [laptop, tablet, bob];
  await settle(replicasOf(world.devices), world.relay);
  await prolong(phone, 1100);
  for (const device of left) await device.learnChains();
  await settle(replicasOf(left), world.relay);
  await phone.account.revoke(laptop.keys, phone.id);
  for (const device of left) await device.learnChains();
  await settle(replicasOf(left), world.relay);
  await fold(world, laptop, left);
  const fresh = await alone(world, 'Bob new');
  await settle([fresh.replica], world.relay);
  expect(fresh.replica.members().stands(phone.id)).toBe(false);
  const { address } = phone.account;
  const count = (device: WorldDevice) => device.replica.members().chains.entries(address).length;
  expect(count(fresh)).toBe(count(laptop));
}, 60_000);

/** The phone, while it stands, revokes a device of its own making again and again, each after the one before. */
async function prolong(phone: WorldDevice, count: number): Promise<void> {
  const { address, entries } = phone.account;
  const said = entries() as ChainEntry[];
  const space = chainSpaceId(address);
  const ghost = await deviceNamed('Ghost');
  const add = addDeviceBody(ghost.bundle, await acceptAddress(address, ghost.bundle, ghost.signer));
  const deps = [said.at(-1)!.control.id];
  let before: Bytes[] = [];
  for (let i = 0; i < count; i++) {
    const body = i === 0 ? add : revokeDeviceBody(hex(ghost.id));
    const clock = { time: 1_700_000_000_000 + i, counter: 0 };
    const inner = { author: phone.keys.id, seq: i + 1, before, deps: i === 0 ? deps : [], clock, body };
    const statement = await signInner({ space, epoch: 0, kind: 'control' }, inner, phone.keys.signer);
    const control = decodeControl(space, 0, statement)!.claimed;
    said.push({ control, body: decodeChainBody(body)! });
    before = [control.id];
  }
}

test('28: chains of others than owners have room of their own in a snapshot: what is left out is named, owners never are', () => {
  const one = [new Uint8Array(10)];
  const others = Array.from({ length: MAX_OTHERS + 2 }, (_, i) => [`other ${i}`, one] as const);
  const { chains, left } = fitting(
    new Map([['owner', one], ...others, ['owner too', one]]),
    new Set(['owner', 'owner too']),
  );
  expect(left).toEqual([`other ${MAX_OTHERS}`, `other ${MAX_OTHERS + 1}`]);
  expect([...chains.keys()].filter((address) => address.startsWith('owner'))).toEqual(['owner', 'owner too']);
  const large = [new Uint8Array(3 * 1024 * 1024)];
  const two = fitting(
    new Map([
      ['a', large],
      ['b', large],
      ['c', one],
      ['owner', large],
    ]),
    new Set(['owner']),
  );
  expect(two.left).toEqual(['b']);
});

test('R03: the list of carried statements rots: a revocation that words had carried, or a snapshot alone tells, is found again', async () => {
  for (const isFolded of [false, true]) {
    const world = await replicaWorld(NAMES, `rotten ${String(isFolded)}`, { who: await people(NAMES) });
    const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
    const bob = await alone(world, 'Bob phone');
    const left = [laptop, tablet, bob];
    await settle(replicasOf([...left, phone]), world.relay);
    await world.revoke('Alice phone', [laptop], laptop);
    await laptop.learnChains();
    await laptop.allergy('Après');
    await settle(replicasOf(left), world.relay);
    // Twice: what Bob himself said of it when he took the first is folded too.
    for (let i = 0; i < 2 && isFolded; i++) await fold(world, laptop, left);
    const { key } = (await bob.disk.content()).find((one) => one.key.at(-1) === 'carried')!;
    await bob.disk.damage(key, 'flip', world.random);
    await bob.restart();
    expect(bob.replica.members().stands(phone.id)).toBe(false);
    await phone.allergy('Volé');
    await push(phone.replica, world.relay);
    await settle(replicasOf(left), world.relay);
    expect(bob.allergies()).not.toContain('Volé');
    expect(hex(bob.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
  }
});
