/**
 * Rule 20, whatever the order: words and rotations that bring news of a chain, each what is new since the one before it, and
 * a relay that shows the second first, or reads the newer topic first.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import type { Received } from '#lib/replica/interface.ts';
import { pull, push, settle, sync } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Alice old', 'Bob phone'];

async function scene() {
  const world = await replicaWorld(NAMES, 'reordered', { who: await people(NAMES) });
  const [laptop, phone, tablet, old, bob] = world.devices as [
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
    WorldDevice,
  ];
  await settle(
    [laptop, tablet, bob].map(({ replica }) => replica),
    world.relay,
  );
  return { world, laptop, phone, tablet, old, bob };
}

test('20: of two words that bring news of a chain the second comes first: both count, and nobody is accused', async () => {
  const { world, laptop, bob } = await scene();
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Un');
  await world.revoke('Alice old', [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Deux');
  await laptop.allergy('Trois');
  const out = await laptop.replica.outbox();
  const frames = out.map(({ topic, bytes }) => ({ topic, bytes }));
  await push(laptop.replica, world.relay);
  // Out of order: every frame by itself, the newest first. Then everything again, in order, as often as one likes.
  for (const frame of frames.toReversed()) await bob.replica.receive([frame]);
  for (let i = 0; i < 3; i++) await sync(bob.replica, world.relay);
  await bob.restart();
  await bob.replica.receive(frames, { upToDate: true });
  await sync(bob.replica, world.relay);
  expect(bob.allergies()).toEqual(['Deux', 'Trois', 'Un']);
  expect(bob.events).toEqual([]);
  expect(hex(bob.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
});

test('20: of two rotations after two revocations the second comes first: everybody follows it', async () => {
  const { world, laptop, tablet, bob } = await scene();
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop]);
  await world.revoke('Alice old', [], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop]);
  await push(laptop.replica, world.relay);
  // Bob and the tablet have all keys; the newest topic is read first (or is the only one the relay shows for now).
  for (const device of [bob, tablet]) {
    await device.replica.useEpochs([...world.epochs]);
    for (const { topic } of world.epochs.toReversed())
      await device.replica.receive(
        world.relay
          .list(topic, 0)
          .map(({ bytes }) => ({ topic, bytes }))
          .toReversed(),
      );
    for (const { topic } of world.epochs.toReversed())
      for (const { bytes } of world.relay.list(topic, 0).toReversed())
        await device.replica.receive([{ topic, bytes }]);
    for (let i = 0; i < 3; i++) await sync(device.replica, world.relay);
  }
  expect(bob.replica.members().roster.current?.number).toBe(laptop.replica.members().roster.current?.number);
  await pull(tablet.replica, world.relay);
});

test('20: the third word comes before the first, on which its news of a chain stands: all count, and nobody is accused', async () => {
  const { world, laptop, bob, tablet } = await scene();
  const said: Received[] = [];
  for (const name of ['Alice phone', '', 'Alice old', '']) {
    if (name) await world.revoke(name, [], laptop);
    await laptop.learnChains();
    await laptop.allergy(`W${said.length}`);
    const [frame] = await laptop.replica.outbox();
    said.push({ topic: frame!.topic, bytes: frame!.bytes });
    await push(laptop.replica, world.relay);
  }
  for (const device of [tablet, bob]) {
    await device.replica.receive(said.slice(1));
    await device.replica.receive(said.slice(0, 1));
    await sync(device.replica, world.relay);
    expect(device.allergies()).toEqual(['W0', 'W1', 'W2', 'W3']);
    expect(device.events).toEqual([]);
  }
});

test('20: a word after a snapshot stands on chain statements that the snapshot alone still tells: it waits for that', async () => {
  for (const newest of [false, true]) {
    const { world, laptop, tablet, bob } = await scene();
    const own = { chains: new Map([[bob.account.address, [...bob.account.entries()]]]), ring: null };
    const away = await world.join('Bob phone', undefined, own);
    const here = [laptop.replica, tablet.replica];
    await laptop.allergy('Zéro');
    await settle([...here, away.replica], world.relay);
    await world.revoke('Alice phone', [], laptop);
    for (const device of [laptop, tablet]) await device.learnChains();
    await laptop.allergy('Un');
    await tablet.allergy('Deux');
    await settle(here, world.relay);
    expect((await laptop.replica.snapshot()).ok).toBe(true);
    await settle(here, world.relay);
    for (const space of here)
      for (const { topic, ids } of await space.deletable()) world.relay.doom(topic, ids);
    world.relay.purge();
    await world.revoke('Alice old', [], laptop);
    for (const device of [laptop, tablet]) await device.learnChains();
    await laptop.allergy('Trois');
    await push(laptop.replica, world.relay);
    const { topic } = world.epochs[0]!;
    const frames = world.relay.list(topic, 0).map(({ bytes }) => ({ topic, bytes }));
    for (const frame of newest ? frames.toReversed() : []) await away.replica.receive([frame]);
    await settle([...here, away.replica], world.relay);
    expect(away.events).toEqual([]);
    expect(away.allergies()).toEqual(['Deux', 'Trois', 'Un', 'Zéro']);
    expect(hex(away.replica.stateHash())).toBe(hex(laptop.replica.stateHash()));
  }
});

test('20: a frame with a statement that X has not signed is refused in every order, and what is good beside it is known', async () => {
  const states = new Set<string>();
  for (const order of ['before', 'after', 'together']) {
    const { world, laptop, phone, tablet, bob } = await scene();
    const { account } = laptop;
    const { address } = account;
    const base = [...account.entries()];
    const x = await deviceNamed('Alice X');
    const added = await account.add(laptop.keys, x);
    laptop.chains = new Map(laptop.chains).set(address, [...account.entries()]);
    await laptop.replica.refresh();
    await laptop.allergy('Un');
    const words = (await laptop.replica.outbox()).map(({ topic, bytes }) => ({ topic, bytes }));
    const good = await account.revoke(phone.keys, tablet.id, base);
    const bad = (await account.revoke(x, tablet.id, [...base, added])).control.statement.slice();
    bad[bad.length - 1]! ^= 1;
    const chains = [{ address, heads: [hex(good.control.id)], carried: [good.control.statement, bad] }];
    const frame = received(await forge(world, phone, { kind: 'heads', content: new Uint8Array(2), chains }));
    const batches = { before: [frame, words], after: [words, frame], together: [[...frame, ...words]] };
    for (const batch of batches[order as keyof typeof batches]) await bob.replica.receive(batch);
    const members = bob.replica.members();
    expect(members.stands(tablet.id)).toBe(false);
    expect(members.chains.entries(address)).toHaveLength(base.length + 2);
    expect(bob.events).toMatchObject([{ type: 'frame-refused', reason: 'malformed' }]);
    states.add(hex(bob.replica.stateHash()));
  }
  expect(states.size).toBe(1);
});
