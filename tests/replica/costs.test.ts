/**
 * Findings 9 and 11: what a device that is revoked, or a copy of it, makes the others do and keep. Work is counted, not
 * timed: it grows with what was sent, and not with its square.
 */
import { expect, test, vi } from 'vitest';
import { hex, type Bytes } from '#lib/bytes/bytes.ts';
import { acceptAddress, addDeviceBody, revokeDeviceBody } from '#lib/keys/chain-body.ts';
import { chainSpaceId } from '#lib/keys/chain.ts';
import { decodeControl } from '#lib/keys/control.ts';
import type * as ChainModule from '#lib/keys/chain.ts';
import type { Hex } from '#lib/keys/ids.ts';
import type * as RosterModule from '#lib/keys/roster.ts';
import { encodeRosterBody } from '#lib/keys/roster-body.ts';
import type * as SignedModule from '#lib/keys/signed.ts';
import { signInner } from '#lib/keys/signed.ts';
import type { Frame } from '#lib/replica/frames.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { account } from '../helpers/people/chains.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { push, settle } from '../helpers/worlds/plain-relay.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';

const done = vi.hoisted(() => ({ chainsJudged: 0, rostersJudged: 0, verified: 0 }));

vi.mock('#lib/keys/chain.ts', async (original) => {
  const chain = await original<typeof ChainModule>();
  const evaluateChain: typeof chain.evaluateChain = (...given) => {
    done.chainsJudged++;
    return chain.evaluateChain(...given);
  };
  return { ...chain, evaluateChain };
});

vi.mock('#lib/keys/roster.ts', async (original) => {
  const roster = await original<typeof RosterModule>();
  const evaluateRoster: typeof roster.evaluateRoster = (...given) => {
    done.rostersJudged++;
    return roster.evaluateRoster(...given);
  };
  return { ...roster, evaluateRoster };
});

vi.mock('#lib/keys/signed.ts', async (original) => {
  const signed = await original<typeof SignedModule>();
  const verifySigned: typeof signed.verifySigned = (...given) => {
    done.verified++;
    return signed.verifySigned(...given);
  };
  return { ...signed, verifySigned };
});

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];
const NOTHING = Uint8Array.of(0, 0);

type Scene = Awaited<ReturnType<typeof three>>;

async function three(seed: string) {
  const world = await replicaWorld(NAMES, seed, { who: await people(NAMES) });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await settle(
    world.devices.map(({ replica }) => replica),
    world.relay,
  );
  return { world, laptop, phone, tablet };
}

/** The laptop revokes the phone, whatever that has said in the chain, and knows it. */
async function revokePhone({ world, laptop }: Scene): Promise<void> {
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica], world.relay);
}

/** The phone revokes the tablet in the chain of its account again and again: the statements, each on the one before. */
async function revokeTabletOften({ phone, tablet }: Scene, count: number): Promise<Hex[]> {
  const sayings: Hex[] = [];
  for (let i = 0; i < count; i++) {
    const { control } = await phone.account.revoke(phone.keys, tablet.id);
    sayings.push(hex(control.id));
  }
  return sayings;
}

test('11: late frames that each name another old head of a chain do not make anybody judge the chain at each of them', async () => {
  const scene = await three('old heads');
  const { world, laptop, phone } = scene;
  const sayings = await revokeTabletOften(scene, 30);
  await revokePhone(scene);
  const frames: Frame[] = [];
  for (const [i, saying] of sayings.toReversed().entries()) {
    const place = { seq: i + 1, before: frames.slice(-1).map((one) => one.saying) };
    const chains = [{ address: phone.account.address, heads: [saying], carried: [] }];
    frames.push(await forge(world, phone, { kind: 'heads', content: NOTHING, chains, ...place }, laptop));
  }
  done.chainsJudged = 0;
  await laptop.replica.receive(received(...frames), { upToDate: true });
  expect(done.chainsJudged).toBeLessThan(3);
  expect(await laptop.replica.lateWords()).toEqual({ ok: true, value: frames.length });
});

test('11: frames that bring a chain statement each, shown against their order, are taken in at once', async () => {
  const scene = await three('against order');
  const { world, laptop, phone } = scene;
  const known = phone.account.entries().length;
  const sayings = await revokeTabletOften(scene, 40);
  const statements = phone.account.entries().slice(known);
  const frames: Frame[] = [];
  for (const [i, saying] of sayings.entries()) {
    const place = { seq: i + 1, before: frames.slice(-1).map((one) => one.saying) };
    const carried = [statements[sayings.length - 1 - i]!.control.statement];
    const heads = [sayings[sayings.length - 1 - i]!];
    const chains = [{ address: phone.account.address, heads, carried }];
    frames.push(await forge(world, phone, { kind: 'heads', content: NOTHING, chains, ...place }, laptop));
    expect(saying).toBe(hex(statements[i]!.control.id));
  }
  Object.assign(done, { chainsJudged: 0, rostersJudged: 0, verified: 0 });
  const taken = await laptop.replica.receive(received(...frames), { upToDate: true });
  expect(taken).toMatchObject({ ok: true, value: { refused: 0 } });
  // Each frame and each statement once.
  expect(done.verified).toBe(2 * frames.length);
  expect(done.chainsJudged).toBeLessThan(6);
  expect(done.rostersJudged).toBeLessThan(6);
  expect(laptop.replica.members().chains.entries(phone.account.address)).toHaveLength(known + 40);
});

/** Notes of the phone, each on the one before; the first on what the laptop knows. */
async function notes(
  { world, laptop, phone }: Scene,
  count: number,
  start: number,
  headsOf: (i: number) => readonly Hex[] = () => [],
): Promise<Frame[]> {
  const content = encodeRosterBody({ type: 'note' });
  const frames: Frame[] = [];
  for (let i = 0; i < count; i++) {
    const deps = i === 0 ? laptop.replica.members().heads : [];
    const place = { seq: i + 1, before: frames.slice(-1).map(({ saying }) => saying), deps };
    const clock = { time: start + i, counter: 0 };
    const heads = headsOf(i);
    const chains = heads.length > 0 ? [{ address: phone.account.address, heads, carried: [] }] : [];
    frames.push(await forge(world, phone, { kind: 'control', content, clock, chains, ...place }, laptop));
  }
  return frames;
}

test('11: a page of notes of a revoked device, each on the one before, is verified once and judged a few times', async () => {
  const scene = await three('notes');
  const { world, laptop } = scene;
  await revokePhone(scene);
  const before = laptop.replica.controls().length;
  const line = await notes(scene, 40, world.clock.now());
  const [withheld, ...waiting] = await notes(scene, 40, world.clock.now() + 1000);
  Object.assign(done, { chainsJudged: 0, rostersJudged: 0, verified: 0 });
  const page = received(...[...line, ...waiting].toReversed());
  expect(await laptop.replica.receive(page)).toMatchObject({ ok: true, value: { admitted: 40 } });
  expect(done.verified).toBe(40 + 39);
  expect(done.rostersJudged).toBeLessThan(4);
  expect(laptop.replica.controls()).toHaveLength(before + 40);
  // What waited for the one that the relay had kept back is taken in with it.
  await laptop.replica.receive(received(withheld!), { upToDate: true });
  expect(done.verified).toBe(40 + 39 + 40);
  expect(done.rostersJudged).toBeLessThan(8);
  expect(laptop.replica.controls()).toHaveLength(before + 80);
  expect(laptop.events).toEqual([]);
});

test('11: notes of a revoked device that each name another old head of its chain have nobody judge the chain at each', async () => {
  const scene = await three('notes on old heads');
  const { world, laptop } = scene;
  const sayings = await revokeTabletOften(scene, 30);
  await revokePhone(scene);
  const frames = await notes(scene, 30, world.clock.now(), (i) => [sayings[i]!]);
  done.chainsJudged = 0;
  expect(await laptop.replica.receive(received(...frames), { upToDate: true })).toMatchObject({ ok: true });
  expect(done.chainsJudged).toBeLessThan(4);
  expect(laptop.allergies()).toEqual([]);
});

/** What is late at a device, as a person is shown it. */
async function lateNames({ replica }: WorldDevice): Promise<unknown[]> {
  const words = await replica.unsettled();
  if (!words.ok) throw new Error(words.error.type);
  const values = words.value.late.flatMap((word) => word.values);
  return values.filter(({ key }) => key.endsWith('/name')).map(({ value }) => value);
}

test.each<Frame['kind']>(['heads', 'update'])(
  '9: a copy of the phone floods with large late frames (%s) of low numbers: the late words of the person stay',
  { timeout: 60_000 },
  async (kind) => {
    const scene = await three('flood');
    const { world, laptop, phone, tablet } = scene;
    const everybody = world.devices.map(({ replica }) => replica);
    await phone.allergy('Pollen');
    const [first] = phone.replica.lanesOf(phone.id);
    await phone.allergy('Latex');
    await settle(everybody, world.relay);
    await phone.allergy('Pénicilline');
    await phone.allergy('Soja');
    await push(phone.replica, world.relay);
    await world.revoke('Alice phone', [], laptop);
    await laptop.learnChains();
    const place = { seq: first!.seq + 1, before: [first!.saying] };
    for (let i = 0; i < 9; i++) {
      const frame = await forge(world, phone, { kind, content: world.random(1_000_000), ...place });
      world.relay.put(frame.topic, frame.bytes);
    }
    await settle([laptop.replica, tablet.replica], world.relay);
    for (const device of [laptop, tablet]) {
      expect(device.allergies()).toEqual(['Latex', 'Pollen']);
      expect(await lateNames(device)).toEqual(['Pénicilline', 'Soja']);
      await device.restart();
      expect(await lateNames(device)).toEqual(['Pénicilline', 'Soja']);
    }
    const words = await laptop.replica.unsettled();
    const late = words.ok ? words.value.late : [];
    const sayings = late.flatMap(({ saying, values }) => (values.length > 0 ? [saying] : []));
    expect((await laptop.replica.takeInWords(sayings)).ok).toBe(true);
    expect(laptop.allergies()).toEqual(['Latex', 'Pollen', 'Pénicilline', 'Soja']);
  },
);

test('11: chain statements of an address whose founding nobody has are not verified, at no frame that comes after', async () => {
  const scene = await three('unfounded');
  const { world, laptop, phone } = scene;
  await revokePhone(scene);
  const mallory = await deviceNamed('Mallory');
  const { address } = await account('Ghost', mallory);
  const space = chainSpaceId(address);
  const content = encodeRosterBody({
    ...{ type: 'join', address, device: phone.id, heads: ['ab'.repeat(32)] },
    ...{ acceptance: new Uint8Array(64), consents: [], statement: null },
  });
  const deps = [hex(laptop.replica.controls()[0]!.id)];
  const join = await forge(world, phone, { kind: 'control', content, seq: 1, before: [], deps });
  await laptop.replica.receive(received(join), { upToDate: true });
  const say = (i: number, body: Bytes) => {
    const clock = { time: world.clock.now() + i, counter: 0 };
    const inner = { author: mallory.id, seq: 1, before: [], deps: [], clock, body };
    return signInner({ space, epoch: 0, kind: 'control' }, inner, mallory.signer);
  };
  const accepted = await acceptAddress(address, mallory.bundle, mallory.signer);
  const carried = [await say(0, addDeviceBody(mallory.bundle, accepted))];
  for (let i = 1; i <= 50; i++) carried.push(await say(i, revokeDeviceBody('ab'.repeat(32))));
  const heads = [hex(decodeControl(space, 0, carried.at(-1)!)!.claimed.id)];
  const chains = [{ address, heads, carried }];
  const frame = await forge(world, phone, {
    kind: 'heads',
    content: NOTHING,
    chains,
    seq: 2,
    before: ['cd'.repeat(32)],
  });
  done.verified = 0;
  expect(await laptop.replica.receive(received(frame), { upToDate: true })).toMatchObject({
    ok: true,
    value: { refused: 0, waiting: 1 },
  });
  expect(done.verified).toBeLessThan(3);
  for (let i = 0; i < 3; i++) {
    await laptop.allergy(`Mot ${i}`);
    const word = await forge(world, laptop, { kind: 'heads', content: NOTHING });
    done.verified = 0;
    await laptop.replica.receive(received(word));
    expect(done.verified).toBe(1);
  }
});

test('4: of the joins of a revoked device, each on another old head of its chain, a person is asked about few, and few are judged', async () => {
  const scene = await three('joins on old heads');
  const { world, laptop, phone } = scene;
  const sayings = await revokeTabletOften(scene, 40);
  await revokePhone(scene);
  const { address } = phone.account;
  const content = encodeRosterBody({
    ...{ type: 'join', address, device: phone.id, heads: ['ab'.repeat(32)] },
    ...{ acceptance: new Uint8Array(64), consents: [], statement: null },
  });
  const deps = [hex(laptop.replica.controls()[0]!.id)];
  const frames: Frame[] = [];
  for (const saying of sayings) {
    const chains = [{ address, heads: [saying], carried: [] }];
    frames.push(
      await forge(world, phone, { kind: 'control', content, seq: 1, before: [], deps, chains }, laptop),
    );
  }
  done.chainsJudged = 0;
  expect(await laptop.replica.receive(received(...frames), { upToDate: true })).toMatchObject({ ok: true });
  expect(done.chainsJudged).toBeLessThan(16 + 4);
  const { rejected, unconfirmed } = laptop.replica.members().roster;
  const unheard = [...rejected.values()].filter((why) => why === 'unheard');
  expect(unheard).toHaveLength(40 - 16);
  expect(unconfirmed.length).toBeLessThanOrEqual(16);
});
