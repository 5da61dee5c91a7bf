/**
 * Rule 10: of a device that is revoked everything is listed that counts and that whoever revoked it had not had, on every device
 * alike, whatever was folded, erased or kept back, and whatever the thief names or numbers.
 */
import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import { openReceived } from '#lib/replica/frames.ts';
import { encodeUpdate, readUpdate } from '#lib/replica/update.ts';
import { forge } from '../helpers/hostile/forge.ts';
import { account } from '../helpers/people/chains.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { pull, push, settle, sync, without } from '../helpers/worlds/plain-relay.ts';
import {
  people,
  replicaWorld,
  type ReplicaWorld,
  type WorldDevice,
} from '../helpers/worlds/replica-world.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet', 'Alice watch', 'Alice new'];

async function world(seed: string) {
  const made = await replicaWorld(NAMES.slice(0, 4), seed, { who: await people(NAMES) });
  const [laptop, phone, tablet, watch] = made.devices as WorldDevice[];
  const all = made.devices.map(({ replica }) => replica);
  await settle(all, made.relay);
  await phone!.allergy('Un');
  await settle(all, made.relay);
  return { world: made, laptop: laptop!, phone: phone!, tablet: tablet!, watch: watch!, all };
}

/** The names of allergies among what is listed as kept. */
async function listed({ replica }: WorldDevice): Promise<unknown[]> {
  const words = await replica.unsettled();
  const kept = words.ok ? words.value.kept : [];
  return kept.flatMap(({ values }) =>
    values.flatMap(({ section, key, value }) =>
      section === 'allergies' && key.endsWith('/name') ? [value] : [],
    ),
  );
}

async function fold(
  { relay }: ReplicaWorld,
  by: WorldDevice,
  ...others: readonly WorldDevice[]
): Promise<void> {
  expect((await by.replica.snapshot()).ok).toBe(true);
  const replicas = [by, ...others].map(({ replica }) => replica);
  await settle(replicas, relay);
  for (const { replica } of [by, ...others])
    for (const { topic, ids } of await replica.deletable()) relay.doom(topic, ids);
  relay.purge();
}

async function revoke(
  { world: { revoke: say } }: { world: ReplicaWorld },
  laptop: WorldDevice,
  ...names: readonly string[]
) {
  for (const name of names) await say(name, [], laptop);
  await laptop.learnChains();
  await laptop.allergy('Du portable'); // carries the revocation
}

test('10: what the tablet or the thief had folded, and the relay erased, before the laptop revoked, is listed by all', async () => {
  for (const folder of ['phone', 'tablet'] as const) {
    const all = await world(`folded by the ${folder}`);
    const { laptop, phone, tablet } = all;
    await phone.allergy('Volée');
    await settle([phone.replica, tablet.replica], all.world.relay);
    await fold(all.world, all[folder], phone, tablet);
    await revoke(all, laptop, 'Alice phone');
    await settle([laptop.replica, tablet.replica], all.world.relay);
    const fresh = await all.world.join('Alice new');
    await settle([laptop.replica, tablet.replica, fresh.replica], all.world.relay);
    for (const device of [laptop, tablet, fresh]) {
      expect(device.allergies(), device.name).toEqual(['Du portable', 'Un', 'Volée']);
      expect(await listed(device), device.name).toEqual(['Volée']);
    }
  }
});

test('10 20: the revocation was told in a word that is folded: who hears of it by the snapshot lists what came in unseen', async () => {
  const all = await world('telling word folded');
  const { laptop, phone, tablet } = all;
  const { relay } = all.world;
  const before = new Set([...relay.topics.values()].flat().map(({ id }) => id));
  await revoke(all, laptop, 'Alice phone');
  await settle([laptop.replica], relay);
  await fold(all.world, laptop);
  // The relay shows the tablet what the thief says next, and nothing of the laptop.
  await phone.allergy('Volée');
  const thiefs = new Set((await phone.replica.outbox()).map(({ id }) => hex(id)));
  await push(phone.replica, relay);
  const others = [...relay.topics.values()].flat().map(({ id }) => id);
  await pull(
    tablet.replica,
    without(relay, new Set(others.filter((id) => !before.has(id) && !thiefs.has(id)))),
  );
  await tablet.allergy('De la tablette'); // names it
  await push(tablet.replica, relay);
  await settle([laptop.replica, tablet.replica], relay);
  await laptop.allergy('Suite');
  const fresh = await all.world.join('Alice new');
  await settle([laptop.replica, tablet.replica, fresh.replica], relay);
  for (const device of [laptop, tablet, fresh]) {
    expect(device.replica.members().isRevoked(phone.id), device.name).toBe(true);
    expect(await listed(device), device.name).toEqual(['Volée']);
  }
});

test('10: a word of one stolen device that another one had named before, under a false place, is listed when it turns up', async () => {
  const all = await world('hidden behind a name');
  const { laptop, phone, tablet, watch } = all;
  const { relay } = all.world;
  await watch.allergy('Cachée'); // shown to nobody
  const secret = await watch.replica.outbox();
  const [[hidden], [last]] = [watch.replica.lanesOf(watch.id), phone.replica.lanesOf(phone.id)];
  const names = [
    { ...hidden!, author: phone.id, seq: 1, frame: last!.frame },
    { ...last!, author: phone.id },
  ].sort((a, b) => (a.saying < b.saying ? -1 : 1));
  const naming = await forge(all.world, phone, { kind: 'heads', content: new Uint8Array(2), names });
  relay.put(naming.topic, naming.bytes);
  await settle([laptop.replica, tablet.replica], relay);
  await revoke(all, laptop, 'Alice phone', 'Alice watch');
  await settle([laptop.replica, tablet.replica], relay);
  for (const { topic, bytes } of secret) relay.put(topic, bytes);
  await settle([laptop.replica, tablet.replica], relay);
  for (const device of [laptop, tablet]) {
    expect(device.allergies()).toContain('Cachée');
    expect(await listed(device), device.name).toContain('Cachée');
  }
});

test('10: what a thief sets in the place of a value that is folded is listed with its place', async () => {
  const all = await world('over a folded value');
  const { laptop, phone, tablet } = all;
  const id = await phone.allergy('Pénicilline');
  await settle(all.all, all.world.relay);
  await fold(all.world, laptop, tablet, phone);
  await phone.allergy('Rien du tout', id);
  await push(phone.replica, all.world.relay);
  await sync(tablet.replica, all.world.relay);
  await revoke(all, laptop, 'Alice phone');
  await settle([laptop.replica, tablet.replica], all.world.relay);
  for (const device of [laptop, tablet]) expect(await listed(device), device.name).toEqual(['Rien du tout']);
});

test('9: a late word that is void is listed as saying nothing, and makes no other word say something else', async () => {
  const all = await world('void beside late');
  const { laptop, phone, tablet } = all;
  const id = await phone.allergy('Pénicilline');
  const [first] = await phone.replica.outbox();
  const opened = openReceived(first!.bytes, first!.id, all.world.epochs[0]!, true);
  const said = typeof opened === 'string' ? null : readUpdate(opened.frame.content);
  const place =
    said!.clock + said!.values.findIndex((one) => one.after === null && one.key.endsWith('/name'));
  const [head] = phone.replica.lanesOf(phone.id);
  await settle(all.all, all.world.relay);
  await revoke(all, laptop, 'Alice phone');
  await settle([laptop.replica, tablet.replica], all.world.relay);
  const clock = { time: all.world.clock.now() + 1000, counter: 0 };
  const key = `${'A'.repeat(22)}/reaction`;
  const harmless = {
    client: said!.client - 1,
    clock: place,
    values: [{ section: 'allergies', key, content: ['Rien', []], after: null }],
  } as const;
  const nothing = await forge(all.world, phone, { kind: 'update', clock, content: encodeUpdate(harmless) });
  const change = {
    client: said!.client,
    clock: said!.clock + said!.values.length,
    values: [{ after: place, content: ['Aucune', []] }],
  } as const;
  const next = { seq: head!.seq + 2, before: [nothing.saying], clock: { ...clock, counter: 1 } };
  const word = await forge(all.world, phone, { kind: 'update', ...next, content: encodeUpdate(change) });
  for (const { topic, bytes } of [nothing, word]) all.world.relay.put(topic, bytes);
  await settle([laptop.replica, tablet.replica], all.world.relay);
  for (const device of [laptop, tablet]) {
    const words = await device.replica.unsettled();
    expect(words.ok && words.value.late.map(({ values }) => values), device.name).toEqual([
      [],
      [{ section: 'allergies', key: `${id}/name`, value: 'Aucune' }],
    ]);
  }
});

test('10: of several who revoked it what one of them had not had is listed, unless that one is revoked too', async () => {
  const all = await world('two revoke');
  const { laptop, phone, tablet, watch } = all;
  await phone.allergy('Vue par la tablette');
  await push(phone.replica, all.world.relay);
  await sync(tablet.replica, all.world.relay);
  for (const by of [laptop, tablet]) await all.world.revoke('Alice phone', [], by);
  for (const device of [laptop, tablet, watch]) await device.learnChains();
  await settle([laptop.replica, tablet.replica, watch.replica], all.world.relay);
  for (const device of [laptop, tablet]) expect(await listed(device)).toEqual(['Vue par la tablette']);
  await all.world.revoke('Alice laptop', [], tablet);
  for (const device of [tablet, watch]) await device.learnChains();
  await settle([tablet.replica, watch.replica], all.world.relay);
  for (const device of [tablet, watch]) expect(await listed(device)).toEqual([]);
});

/** A thief founds an address with a device, one that sorts before the owner's, and has the phone let it join. */
async function foundSmaller(
  { world: made, laptop, phone }: Awaited<ReturnType<typeof world>>,
  by: WorldDevice,
) {
  let own = await account('X0', by.keys);
  for (let i = 1; own.address >= laptop.account.address; i++) own = await account(`X${i}`, by.keys);
  if (by !== phone) {
    const other = await deviceNamed('Mallory');
    await own.add(by.keys, other);
    await own.revoke(other, by.id);
  }
  const content = encodeRosterBody({
    ...{ type: 'join', address: own.address, device: by.id, heads: ['ab'.repeat(32)] },
    ...{ acceptance: new Uint8Array(64), consents: [], statement: null },
  });
  const carried = own.entries().map(({ control }) => control.statement);
  const chains = [{ address: own.address, heads: own.state().heads, carried }];
  const place = { seq: 1, before: [], deps: [hex(laptop.replica.controls()[0]!.id)] };
  const join = await forge(made, phone, { kind: 'control', content, ...place, chains });
  made.relay.put(join.topic, join.bytes);
}

test('10: a device that founded an address of its own, smaller than its owner’s, is revoked all the same, and what it said is listed', async () => {
  for (const isBefore of [true, false]) {
    const all = await world(`smaller ${String(isBefore)}`);
    const { world: made, laptop, phone, tablet } = all;
    if (isBefore) await foundSmaller(all, phone);
    await phone.allergy('Volé');
    await push(phone.replica, made.relay);
    await sync(tablet.replica, made.relay);
    await made.revoke('Alice phone', [laptop], laptop);
    for (const device of [laptop, tablet]) await device.learnChains();
    await settle([laptop.replica, tablet.replica], made.relay);
    if (!isBefore) await foundSmaller(all, phone);
    await settle([laptop.replica, tablet.replica], made.relay);
    for (const device of [laptop, tablet]) {
      expect(device.replica.members().isRevoked(phone.id)).toBe(true);
      expect(device.allergies()).toContain('Volé');
      expect(await listed(device)).toEqual(['Volé']);
    }
  }
});

test('2: nor is a device silenced by an address that a copy of it founded, and revoked it in', async () => {
  const all = await world('silenced');
  const { world: made, laptop, tablet } = all;
  await foundSmaller(all, laptop);
  await settle([laptop.replica, tablet.replica], made.relay);
  await laptop.replica.control(encodeRosterBody({ type: 'note' }));
  await settle([laptop.replica, tablet.replica], made.relay);
  const note = hex(tablet.replica.controls().at(-1)!.id);
  for (const { replica } of [laptop, tablet]) {
    expect(replica.members().isRevoked(laptop.id)).toBe(false);
    expect(replica.members().roster.effective.has(note)).toBe(true);
  }
});
