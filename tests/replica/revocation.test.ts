/**
 * Finding 1: a device is revoked by one that is behind. What a remaining device had shown stays; what nobody had taken in is
 * late; and no word falls because of another that it was written on.
 */
import { expect, test } from 'vitest';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { forge } from '../helpers/hostile/forge.ts';
import { settle, sync, push, without } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];

async function three(seed: number | string = 1, rotates = false) {
  const world = await replicaWorld(NAMES, seed, { who: await people(NAMES), rotates });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle(replicas(world), world.relay);
  return { world, laptop, phone, tablet };
}

const replicas = ({ devices }: Pick<ReplicaWorld, 'devices'>) => devices.map(({ replica }) => replica);

/** The laptop, which has not synced, revokes the phone; it goes on under keys that the phone has not. */
async function revokePhone({ world, laptop, tablet }: Awaited<ReturnType<typeof three>>): Promise<void> {
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await world.rotate(laptop, [laptop, tablet]);
}

function expectSame(...devices: readonly WorldDevice[]): void {
  const hashes = devices.map(({ replica }) => replica.stateHash().join());
  expect(new Set(hashes).size).toBe(1);
}

test('1: an acknowledged word that the tablet has shown stays, although the laptop that revokes had not seen it', async () => {
  for (let seed = 0; seed < 3; seed++) {
    const all = await three(seed);
    const { world, laptop, phone, tablet } = all;
    await phone.allergy('Pénicilline');
    await push(phone.replica, world.relay);
    await sync(tablet.replica, world.relay);
    expect(tablet.allergies()).toEqual(['Pénicilline']);
    await revokePhone(all);
    await settle([laptop.replica, tablet.replica], world.relay);
    await tablet.allergy('Soja');
    await settle([tablet.replica, laptop.replica], world.relay);
    for (const device of [laptop, tablet]) {
      expect(device.allergies(), `seed ${seed}`).toEqual(['Pénicilline', 'Soja']);
      expect(device.events, `seed ${seed}`).toEqual([]); // nobody is accused
      await device.restart();
      expect(device.allergies(), `seed ${seed}`).toEqual(['Pénicilline', 'Soja']);
    }
    expectSame(laptop, tablet);
  }
});

test('1: what the tablet wrote on top of the word, and after it, counts everywhere', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  const id = await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await tablet.allergy('Pénicilline V', id);
  await tablet.allergy('Latex');
  await push(tablet.replica, world.relay);
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  await tablet.allergy('Soja');
  await settle([tablet.replica, laptop.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Latex', 'Pénicilline V', 'Soja']);
    expect(device.events).toEqual([]);
  }
  expectSame(laptop, tablet);
});

test('1: a word that nobody had taken in is late on both, with author, date and values, and comes in by naming it', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual([]);
    const words = await device.replica.unsettled();
    expect(words).toMatchObject({ ok: true, value: { kept: [], late: [{ device: phone.id }] } });
    const [word] = words.ok ? words.value.late : [];
    expect(word?.at).toBeGreaterThanOrEqual(Date.UTC(2020, 0, 1));
    expect(word?.values.map(({ section, key, value }) => [section, key.split('/')[1], value])).toContainEqual(
      ['allergies', 'name', 'Pénicilline'],
    );
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 1 });
    await device.restart();
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 1 });
  }
  const words = await laptop.replica.unsettled();
  const sayings = words.ok ? words.value.late.map(({ saying }) => saying) : [];
  expect((await laptop.replica.takeInWords(sayings)).ok).toBe(true);
  expect(laptop.allergies()).toEqual(['Pénicilline']);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Pénicilline']);
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 0 });
  }
  expectSame(laptop, tablet);
});

test('1: taking in the last of three late words takes in what its author had said before it, and no later one', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  for (const name of ['Un', 'Deux', 'Trois']) await phone.allergy(name);
  await push(phone.replica, world.relay);
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  const words = await laptop.replica.unsettled();
  const late = words.ok ? words.value.late : [];
  expect(late).toHaveLength(3);
  await laptop.replica.takeInWords([late[1]!.saying]);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) expect(device.allergies()).toEqual(['Deux', 'Un']);
  expectSame(laptop, tablet);
});

test('1: of a frame whose content is void what it names counts, and whatever comes after it in its lane', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  const [head] = tablet.replica.lanesOf(phone.id);
  // The tablet of somebody whose app has a fault: void content on top of a word, then an honest one.
  const faulty = await forge(world, tablet, {
    kind: 'update',
    content: Uint8Array.of(1, 2, 3),
    names: [head!],
  });
  await tablet.replica.receive([{ topic: faulty.topic, bytes: faulty.bytes }]);
  world.relay.put(faulty.topic, faulty.bytes);
  await tablet.allergy('Latex');
  await push(tablet.replica, world.relay);
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) expect(device.allergies()).toEqual(['Latex', 'Pénicilline']);
  expectSame(laptop, tablet);
});

test('11: what the phone had said about members, and the tablet had seen count, the tablet grounds again', async () => {
  const { world, laptop, phone, tablet } = await three('note');
  await phone.replica.control(encodeRosterBody({ type: 'note' }));
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  const noted = hex(phone.replica.controls().at(-1)!.id);
  const counts = ({ replica }: WorldDevice) => replica.members().roster.effective.has(noted);
  expect(counts(tablet)).toBe(true);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Latex');
  await settle([laptop.replica, tablet.replica], world.relay);
  expect([laptop, tablet].map(counts)).toEqual([true, true]);
  expectSame(laptop, tablet);
});

test('11: it vouches once for what it had shown, not again at every start or sync', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  const said = () => tablet.replica.lanesOf(tablet.id).map(({ seq }) => seq);
  const before = said();
  for (let round = 0; round < 3; round++) {
    await tablet.restart();
    await tablet.learnChains();
    await settle([laptop.replica, tablet.replica], world.relay);
  }
  expect(said()).toEqual(before);
  expect(tablet.allergies()).toEqual(['Pénicilline']);
});

test('11: it does not vouch for what came in the same sync as the news of the revocation', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await revokePhone(all);
  await push(laptop.replica, world.relay);
  await phone.allergy('Volé');
  await push(phone.replica, world.relay);
  await settle([tablet.replica, laptop.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual([]);
    expect(await device.replica.lateWords()).toEqual({ ok: true, value: 1 });
  }
  expectSame(laptop, tablet);
});

test('11: the vouching stands in one write with the change: a disk that fails in it loses neither', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await revokePhone(all);
  await push(laptop.replica, world.relay);
  tablet.disk.failWrites('quota');
  await expect(sync(tablet.replica, world.relay)).rejects.toThrow('quota');
  await tablet.restart();
  tablet.disk.repair();
  await tablet.restart();
  expect(tablet.allergies()).toEqual(['Pénicilline']);
  await settle([tablet.replica, laptop.replica], world.relay);
  for (const device of [laptop, tablet]) expect(device.allergies()).toEqual(['Pénicilline']);
});

test('10: what somebody planted among the late words on a disk is verified before anybody is shown it', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(laptop.replica, world.relay);
  expect(await laptop.replica.lateWords()).toEqual({ ok: true, value: 1 });
  // Whoever has the keys of the epoch and the disk, and not the phone's own key.
  const update = phone.replica.lanesOf(phone.id)[0]!;
  const forged = await forge(
    world,
    { ...phone, keys: tablet.keys },
    { kind: 'heads', content: new Uint8Array(2), seq: update.seq + 1, before: [update.saying] },
  );
  const late = (await laptop.disk.content()).find(({ key }) => key[2] === 'late')!;
  const key = [...late.key.slice(0, 3), hex(forged.topic), forged.id];
  const planted = await laptop.disk.open().write([{ type: 'put', key, value: forged.bytes }], 'strict');
  expect(planted.ok).toBe(true);
  await laptop.restart();
  expect(await laptop.replica.lateWords()).toEqual({ ok: true, value: 1 });
});

test('10: words that count although the revoking device had not named them are listed, with who said them', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    const nobodys = await device.replica.unsettled();
    expect(nobodys).toMatchObject({ ok: true, value: { late: [], kept: [{ device: phone.id }] } });
  }
});

test('1: a rotation that is out before the words it was written on, which are sealed again under the new keys, accuses nobody', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await laptop.allergy('Hors ligne');
  await revokePhone(all);
  const [rotation, ...later] = await laptop.replica.outbox();
  world.relay.put(rotation!.topic, rotation!.bytes);
  await laptop.replica.acknowledge([rotation!.id]);
  expect(later.length).toBeGreaterThan(0);
  await sync(tablet.replica, world.relay);
  expect(tablet.events).toEqual([]);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Hors ligne', 'Pénicilline']);
    expect(device.events).toEqual([]);
  }
});

test('11: what came by itself, and was shown since, is vouched for as what came in a round is', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  const [word] = await phone.replica.outbox();
  await push(phone.replica, world.relay);
  await tablet.replica.receive([{ topic: word!.topic, bytes: word!.bytes }]);
  expect(tablet.allergies()).toEqual(['Pénicilline']);
  expect((await tablet.replica.noteShown()).ok).toBe(true);
  await tablet.restart();
  await revokePhone(all);
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const device of [laptop, tablet]) expect(device.allergies()).toEqual(['Pénicilline']);
});

test('11 R04: the tablet dies after the revocation stands in its chain and before its record has looked: it vouches all the same', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await sync(laptop.replica, world.relay);
  tablet.chains = new Map(laptop.chains);
  await tablet.restart();
  await tablet.replica.refresh();
  await settle([tablet.replica, laptop.replica], world.relay);
  for (const device of [tablet, laptop]) {
    await device.restart();
    await device.replica.refresh();
    expect(device.allergies()).toEqual(['Pénicilline']);
  }
  expectSame(laptop, tablet);
});

test('27 D07: what is written knowing of a revocation waits for keys that the revoked device has not', async () => {
  const all = await three('rotates', true);
  const { world, laptop, tablet } = all;
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains(); // and its process dies before it has rotated, or the relay keeps the rotation back
  await tablet.learnChains();
  await tablet.replica.publishHeads();
  await tablet.allergy('Écrit en sachant que le téléphone est perdu');
  await tablet.replica.publishHeads();
  const old = hex(world.epochs[0]!.topic);
  const kinds = async () =>
    (await tablet.replica.outbox()).map(({ topic, bytes, id }) => {
      const keys = world.epochs.find((epoch) => hex(epoch.topic) === hex(topic))!;
      const opened = openReceived(bytes, id, keys, true);
      return typeof opened === 'string'
        ? opened
        : `${opened.frame.kind} ${hex(topic) === old ? 'old' : 'new'}`;
    });
  expect(await kinds()).toEqual(['heads old']);
  expect((await tablet.replica.snapshot()).ok).toBe(false);
  await push(tablet.replica, world.relay);
  expect(tablet.replica.unsent()).toBe(2);
  await world.rotate(tablet, [laptop, tablet]);
  expect(await kinds()).toEqual(['control old', 'update new', 'heads new']);
  await settle([tablet.replica, laptop.replica], world.relay);
  expect(laptop.allergies()).toEqual(['Écrit en sachant que le téléphone est perdu']);
  expect([...laptop.events, ...tablet.events]).toEqual([]);
});

test('13: a revoked device, which has not the keys that others write under, accuses nobody of what it does not see', async () => {
  const all = await three();
  const { world, laptop, phone, tablet } = all;
  await laptop.allergy('Latex');
  phone.ring = [...world.epochs];
  await revokePhone(all);
  await laptop.allergy('Soja');
  await settle([laptop.replica, tablet.replica], world.relay);
  await laptop.replica.snapshot();
  await settle([laptop.replica, tablet.replica], world.relay);
  for (const { topic, ids } of await laptop.replica.deletable()) world.relay.doom(topic, ids);
  world.relay.purge();
  await settle([phone.replica], world.relay);
  const [topic] = phone.replica.topics();
  await phone.replica.reconcile(topic!, []);
  await settle([phone.replica], world.relay);
  expect(phone.events.filter(({ type }) => type === 'gap' || type === 'fork')).toEqual([]);
});

test('13: nor does one that knows of its revocation and of no new keys: what it is told of may stand under them', async () => {
  const all = await three('revoked without new keys');
  const { world, laptop, phone, tablet } = all;
  await world.revoke('Alice phone', [], laptop);
  await laptop.allergy('Latex');
  const hidden = new Set((await laptop.replica.outbox()).map(({ id }) => hex(id)));
  await push(laptop.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await tablet.allergy('Soja'); // names the laptop's word
  await push(tablet.replica, world.relay);
  await phone.learnChains();
  await settle([phone.replica], without(world.relay, hidden));
  expect(phone.replica.members().stands(phone.id)).toBe(false);
  expect(phone.events).toEqual([]);
  // Whoever stands is told of the very same.
  await world.devices[0]!.restart();
  const fresh = await world.join('Alice laptop', undefined, {
    chains: laptop.chains,
    ring: [...world.epochs],
  });
  await settle([fresh.replica], without(world.relay, hidden));
  expect(fresh.events.map(({ type }) => type)).toContain('gap');
});

test('13: what a device that is out said under keys of its own making, which Bob never had, is no gap for him', async () => {
  const names = ['Alice phone', 'Alice tablet', 'Bob phone'];
  const world = await replicaWorld(names, 'void epoch', { who: await people(names) });
  const [phone, tablet, bob] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle(replicas(world), world.relay);
  bob.ring = [...world.epochs];
  await bob.restart();
  await world.rotate(tablet, [tablet, phone]);
  expect((await tablet.replica.control(encodeRosterBody({ type: 'note' }))).ok).toBe(true);
  await world.revoke('Alice tablet', [], phone);
  for (const device of [phone, bob]) await device.learnChains();
  await push(tablet.replica, world.relay);
  await sync(phone.replica, world.relay);
  await phone.replica.useEpochs([...world.epochs].reverse()); // the first one is in use
  expect((await phone.replica.publishHeads()).ok).toBe(true); // it has both controls of the tablet
  await sync(phone.replica, world.relay);
  await settle([bob.replica], world.relay);
  expect(bob.replica.lanesOf(phone.id)).toHaveLength(1);
  expect(bob.events).toEqual([]);
});

test('13: what a device had erased that is out since is put again, and the relay is not accused', async () => {
  const all = await three('erased');
  const { world, laptop, phone, tablet } = all;
  await phone.allergy('Pénicilline');
  await push(phone.replica, world.relay);
  await sync(tablet.replica, world.relay);
  await phone.replica.snapshot();
  await sync(phone.replica, world.relay);
  for (const { topic, ids } of await phone.replica.deletable()) world.relay.doom(topic, ids);
  world.relay.purge();
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await push(laptop.replica, world.relay);
  await tablet.learnChains();
  const [topic] = tablet.replica.topics();
  const ids = world.relay.list(topic!, 0, true).map(({ id }) => fromHex(id));
  await tablet.replica.reconcile(topic!, ids);
  await settle([tablet.replica], world.relay);
  await settle([tablet.replica, laptop.replica], world.relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toEqual(['Pénicilline']);
    expect(device.events).toEqual([]);
  }
  expectSame(laptop, tablet);
});
