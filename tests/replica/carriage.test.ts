/**
 * Finding 2: the relay keeps back frames of a chain. Who first knows of a revocation carries it in the next frame of the
 * record, so that nobody takes that frame and stays ignorant.
 */
import { expect, test } from 'vitest';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { decodeGrounds, encodeGrounds, NO_GROUNDS } from '#lib/keys/grounds.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { signInner } from '#lib/keys/signed.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { MAX_REFUSED, MAX_WAITING_BYTES } from '#lib/replica/intake.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { push, settle, sync, without } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Bob phone'];

/** Nobody but the laptop is ever shown the chain's topic again. */
async function hiding() {
  const world = await replicaWorld(NAMES, 'carriage', { who: await people(NAMES) });
  const [laptop, phone, tablet, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  const others = [laptop, tablet, bob].map(({ replica }) => replica);
  await settle([...others, phone.replica], world.relay);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  return { world, laptop, phone, tablet, bob, others };
}

test('2: the next word of whoever knows carries the revocation to those whom the relay does not show the chain', async () => {
  const { world, laptop, phone, tablet, bob, others } = await hiding();
  await laptop.allergy('Après');
  await push(laptop.replica, world.relay);
  await phone.allergy('Volé');
  await push(phone.replica, world.relay);
  await settle(others, world.relay);
  for (const device of [laptop, tablet, bob]) {
    expect(device.replica.members().stands(phone.id)).toBe(false);
    expect(device.allergies()).toEqual(['Après']);
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 1 });
  }
  await tablet.allergy('De la tablette');
  await settle(others, world.relay);
  expect(new Set([laptop, tablet, bob].map(({ replica }) => hex(replica.stateHash()))).size).toBe(1);
  await tablet.restart();
  expect(tablet.replica.members().stands(phone.id)).toBe(false);
  expect(tablet.allergies()).toEqual(['Après', 'De la tablette']);
});

test('2: the rotation carries it too: whoever follows the new keys knows why there are new ones', async () => {
  const { world, laptop, phone, tablet, bob } = await hiding();
  await world.rotate(laptop, [laptop]);
  await push(laptop.replica, world.relay);
  for (const device of [tablet, bob]) {
    await sync(device.replica, world.relay);
    const { roster } = device.replica.members();
    expect(roster.current?.number).toBe(1);
    expect(roster.current?.isVoid).toBe(false);
    expect(device.replica.members().stands(phone.id)).toBe(false);
  }
});

test('2: a rotation brings the controls since the last one: those that the relay keeps back are known all the same', async () => {
  const { world, laptop, bob, others } = await hiding();
  const before = new Set(
    world.relay.topics
      .values()
      .next()
      .value!.map(({ id }) => id),
  );
  await laptop.replica.control(Uint8Array.of(2, 0x16)); // a note, which the relay hides from Bob
  const notes = laptop.replica.controls().length;
  await push(laptop.replica, world.relay);
  const topic = hex(world.epochs[0]!.topic);
  const hidden = world.relay.topics.get(topic)!.filter(({ id }) => !before.has(id));
  expect(hidden.length).toBeGreaterThan(0);
  await world.rotate(laptop, [laptop]);
  await push(laptop.replica, world.relay);
  world.relay.topics.set(
    topic,
    world.relay.topics.get(topic)!.filter((one) => !hidden.includes(one)),
  );
  await sync(bob.replica, world.relay);
  expect(bob.replica.controls().length).toBeGreaterThan(notes);
  expect(others).toHaveLength(3);
});

test('20: a hidden control that a rotation carries brings its chain statements too: the thief is out, and the next rotation counts', async () => {
  const names = [...NAMES, 'Alice old'];
  const world = await replicaWorld(names, 'inside', { who: await people(names) });
  const [laptop, phone, tablet, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  await settle(
    world.devices.map(({ replica }) => replica),
    world.relay,
  );
  await world.revoke('Alice phone', [laptop], laptop);
  await laptop.learnChains();
  const idsNow = () => new Set([...world.relay.topics.values()].flat().map(({ id }) => id));
  const before = idsNow();
  await laptop.replica.control(encodeRosterBody({ type: 'note' }));
  await push(laptop.replica, world.relay);
  const hidden = idsNow().difference(before);
  await world.rotate(laptop, [laptop, tablet, bob]);
  await world.revoke('Alice old', [laptop], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop, tablet, bob]);
  await push(laptop.replica, world.relay);
  await phone.allergy('Volé');
  await push(phone.replica, world.relay);
  await settle([bob.replica, tablet.replica], without(world.relay, hidden));
  for (const device of [bob, tablet]) {
    const members = device.replica.members();
    expect(members.stands(phone.id)).toBe(false);
    expect(members.roster.rejected.size).toBe(0);
    expect(members.roster.current?.number).toBe(2);
    expect(device.allergies()).toEqual([]);
  }
});

test('21: a control that waits for one which the relay hides is told of, once the relay has shown all it has', async () => {
  const world = await replicaWorld(NAMES, 'hidden control', { who: await people(NAMES) });
  const [laptop, , tablet, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice, WorldDevice];
  await settle(
    world.devices.map(({ replica }) => replica),
    world.relay,
  );
  const idsNow = () => new Set([...world.relay.topics.values()].flat().map(({ id }) => id));
  const before = idsNow();
  await laptop.replica.control(encodeRosterBody({ type: 'note' }));
  await push(laptop.replica, world.relay);
  const hidden = idsNow().difference(before);
  await sync(tablet.replica, world.relay);
  await tablet.replica.control(encodeRosterBody({ type: 'note' }));
  await push(tablet.replica, world.relay);
  for (let i = 0; i < 3; i++) await sync(bob.replica, without(world.relay, hidden));
  expect(bob.events).toEqual([{ type: 'gap', author: tablet.id, from: 1, to: 1 }]);
  await sync(bob.replica, world.relay);
  for (const [topic, kept] of world.relay.topics)
    await bob.replica.receive(kept.map(({ bytes }) => ({ topic: fromHex(topic), bytes })));
  expect(bob.replica.controls()).toHaveLength(tablet.replica.controls().length);
});

test('2: a control that a rotation carries in somebody’s name counts only if they signed it', async () => {
  const { world, laptop, tablet, bob } = await hiding();
  const body = encodeGrounds(NO_GROUNDS, encodeRosterBody({ type: 'note' }));
  const clock = { time: world.clock.now(), counter: 0 };
  const inner = { author: bob.keys.id, seq: 1, before: [], deps: [], clock, body };
  for (const { keys, isTaken } of [
    { keys: laptop.keys, isTaken: false },
    { keys: bob.keys, isTaken: true },
  ]) {
    const aad = { space: world.space, epoch: 0, kind: 'control' } as const;
    const statement = await signInner(aad, inner, keys.signer);
    const hash = 'ab'.repeat(32);
    const carried = [{ epoch: 0, statement }];
    const content = encodeRosterBody({ type: 'rotate', number: 1, id: hash, read: hash, carried, boxes: [] });
    const own = { deps: [], seq: 1, before: [] };
    await tablet.replica.receive(received(await forge(world, laptop, { kind: 'control', content, ...own })));
    const ofBob = tablet.replica.controls().filter((one) => hex(one.inner.author) === bob.id);
    expect(ofBob.length > 0).toBe(isTaken);
  }
});

test('2: a frame that names a head of the chain and does not carry what leads to it waits, hides nothing, and is told of', async () => {
  const { world, laptop, tablet } = await hiding();
  const { address } = laptop.account;
  const { heads } = laptop.account.state();
  const bare = await forge(
    world,
    laptop,
    { kind: 'heads', content: Uint8Array.of(0, 0), chains: [{ address, heads, carried: [] }] },
    tablet,
  );
  expect(await tablet.replica.receive(received(bare))).toMatchObject({
    ok: true,
    value: { admitted: 0, refused: 0, waiting: 1 },
  });
  expect(tablet.replica.missing()).toEqual([]);
  expect(tablet.events).toEqual([]);
  for (let i = 0; i < 3; i++) await tablet.replica.receive([], { upToDate: true });
  expect(tablet.events).toEqual([{ type: 'gap', author: laptop.id, from: 1, to: 1 }]);
  // Whoever brings the rest, it is taken in then.
  await tablet.learnChains();
  expect(await tablet.replica.receive([])).toMatchObject({ ok: true, value: { waiting: 0 } });
});

test('21: what waits for a chain has a quota of its author: one who says much that never comes whole keeps no other from waiting', async () => {
  const { world, laptop, tablet, bob } = await hiding();
  const chains = [{ address: laptop.account.address, heads: laptop.account.state().heads, carried: [] }];
  const last = await forge(world, laptop, { kind: 'heads', content: Uint8Array.of(0, 0), chains }, tablet);
  const content = new Uint8Array(900_000);
  for (let i = 0; i < 12; i++) {
    const lie = { kind: 'heads', content, chains: [{ ...chains[0]!, heads: ['ab'.repeat(32)] }] } as const;
    await tablet.replica.receive(received(await forge(world, bob, lie, tablet)));
  }
  await tablet.replica.receive(received(last));
  const kept = (await tablet.disk.content()).filter(({ key }) => key[2] === 'parked');
  expect(kept.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(MAX_WAITING_BYTES + 100_000);
  expect(kept.length).toBeGreaterThan(4);
  expect(kept.map(({ key }) => key.at(-1))).toContain(last.id);
  expect(tablet.events).toMatchObject([{ type: 'frame-refused', reason: 'quota', author: bob.id }]);
});

test('2: of what is refused a few frames of each author are kept, so as not to ask for them again, and no more', async () => {
  const { world, laptop, tablet } = await hiding();
  const [entry] = laptop.account.entries();
  const spoilt = entry!.control.statement.slice();
  spoilt[spoilt.length - 1]! ^= 1;
  const heads = [hex(entry!.control.id)];
  const chains = [{ address: laptop.account.address, heads, carried: [spoilt] }];
  for (let i = 0; i < MAX_REFUSED + 4; i++) {
    const bad = await forge(world, laptop, { kind: 'heads', content: Uint8Array.of(0, 0), chains }, tablet);
    expect(await tablet.replica.receive(received(bad))).toMatchObject({ ok: true, value: { refused: 1 } });
  }
  const kept = (await tablet.disk.content()).filter(({ key }) => key[2] === 'refused');
  expect(kept).toHaveLength(MAX_REFUSED);
});

test('2: made-up heads of a chain park nothing: what the relay shows of others goes on', async () => {
  const { world, laptop, tablet, bob } = await hiding();
  const { address } = bob.account;
  const false_ = await forge(
    world,
    bob,
    {
      kind: 'heads',
      content: Uint8Array.of(0, 0),
      chains: [{ address, heads: ['ab'.repeat(32)], carried: [] }],
    },
    tablet,
  );
  await tablet.replica.receive(received(false_));
  await laptop.allergy('Après');
  await push(laptop.replica, world.relay);
  await sync(tablet.replica, world.relay);
  expect(tablet.allergies()).toEqual(['Après']);
  expect(tablet.replica.missing()).toEqual([]);
});

test('2: statements are carried once: the word after the one that brought them is as small as any other', async () => {
  const { world, laptop } = await hiding();
  const carried: number[] = [];
  for (const name of ['Un', 'Deux']) {
    await laptop.allergy(name);
    const last = (await laptop.replica.outbox()).at(-1)!;
    const opened = openReceived(last.bytes, last.id, world.epochs[0]!, true);
    if (typeof opened === 'string') throw new Error(opened);
    carried.push(decodeGrounds(opened.frame.inner.body)!.chains.flatMap((news) => news.carried).length);
  }
  expect(carried[0]).toBeGreaterThan(0);
  expect(carried[1]).toBe(0);
});
