/**
 * Finding 3: whose heads are believed. A device that is revoked, or never was one, makes no gap, no event and no state; one
 * that stands makes one claim about each device, and no more.
 */
import { expect, test } from 'vitest';
import { encodeFrontier, encodeHeads, type Head } from '#lib/replica/bodies.ts';
import { MAX_SPACES_TOLD } from '#lib/replica/freshness.ts';
import { MAX_STRANGER_BYTES } from '#lib/replica/intake.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { deviceNamed } from '../helpers/people/people.ts';
import { settle, sync } from '../helpers/worlds/plain-relay.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import { people, replicaWorld, type WorldDevice } from '../helpers/worlds/replica-world.ts';
import { hex } from '#lib/bytes/bytes.ts';

const NAMES = ['Alice laptop', 'Alice phone', 'Alice tablet'];
const random = seededRandom('heads');

async function three() {
  const world = await replicaWorld(NAMES, 'heads', { who: await people(NAMES) });
  const [laptop, phone, tablet] = world.devices as [WorldDevice, WorldDevice, WorldDevice];
  await laptop.allergy('Pollen');
  await settle([laptop.replica, phone.replica, tablet.replica], world.relay);
  return { world, laptop, phone, tablet };
}

const made = (author = hex(random(32)), seq = 2 ** 40): Head => ({
  ...{ author, seq, saying: hex(random(32)), frame: hex(random(32)) },
  ...{ isControl: false, clock: 2 ** 40 },
});

const saying = (frontier: readonly Head[]) => encodeHeads({ frontier, others: new Map() });

/** Bytes of everything that is kept, and of the head alone. */
async function stored({ disk }: WorldDevice): Promise<{ all: number; head: number }> {
  const content = await disk.content();
  const size = (entries: typeof content) => entries.reduce((sum, { value }) => sum + value.length, 0);
  return { all: size(content), head: size(content.filter(({ key }) => key[3] === 'head')) };
}

test('3: five frames of heads by a revoked device, full of made-up devices, make no event, no gap and nothing to ask for', async () => {
  const { world, laptop, phone, tablet } = await three();
  await world.revoke('Alice phone', [], laptop);
  await laptop.learnChains();
  await settle([laptop.replica, tablet.replica], world.relay);
  const before = (await stored(tablet)).head;
  const names = [made(laptop.id), made(tablet.id)];
  let place = {};
  for (let i = 0; i < 5; i++) {
    const frontier = [...Array.from({ length: 4000 }, () => made()), ...names];
    const lie = await forge(world, phone, { kind: 'heads', content: saying(frontier), names, ...place });
    place = { seq: lie.seq + 1, before: [lie.saying] };
    world.relay.put(lie.topic, lie.bytes);
  }
  for (let round = 0; round < 3; round++) {
    await laptop.allergy(`Pollen ${round}`);
    await settle([laptop.replica, tablet.replica], world.relay);
  }
  await tablet.restart();
  await sync(tablet.replica, world.relay);
  for (const device of [laptop, tablet]) expect(device.events).toEqual([]);
  expect(tablet.replica.missing()).toEqual([]);
  expect((await stored(tablet)).head - before).toBeLessThan(2_000);
});

test('3: a device that never was one is believed nothing, and leaves nothing behind but what may wait for its name', async () => {
  const { world, laptop, tablet } = await three();
  const stranger = {
    ...laptop,
    keys: await deviceNamed('stranger'),
    id: hex((await deviceNamed('stranger')).id),
  };
  const frontier = [...Array.from({ length: 4000 }, () => made()), made(laptop.id)];
  const lie = await forge(world, stranger, { kind: 'heads', content: saying(frontier), seq: 1, before: [] });
  const before = (await stored(tablet)).head;
  await tablet.replica.receive(received(lie), { upToDate: true });
  expect(tablet.events.filter(({ type }) => type === 'gap' || type === 'fork')).toEqual([]);
  expect(tablet.replica.missing()).toEqual([]);
  expect((await stored(tablet)).head - before).toBeLessThan(100);
});

test('3: what nobody known has signed waits within one quota for all of them, however many names it has', async () => {
  const { world, laptop, tablet } = await three();
  const before = (await stored(tablet)).all;
  const content = new Uint8Array(200_000);
  for (let i = 0; i < 30; i++) {
    const keys = await deviceNamed(`stranger ${i}`);
    const stranger = { ...laptop, keys, id: hex(keys.id) };
    const lie = await forge(world, stranger, { kind: 'heads', content, seq: 1, before: [] });
    await tablet.replica.receive(received(lie), { upToDate: true });
  }
  expect((await stored(tablet)).all - before).toBeGreaterThan(MAX_STRANGER_BYTES / 2);
  expect((await stored(tablet)).all - before).toBeLessThan(MAX_STRANGER_BYTES + 10_000);
  expect(new Set(tablet.events.map((event) => event.type === 'frame-refused' && event.reason))).toEqual(
    new Set(['quota']),
  );
});

test('3: a device that stands is believed about devices that are known: one claim about each, however often it claims', async () => {
  const { world, laptop, phone, tablet } = await three();
  let place = {};
  const sizes: number[] = [];
  for (let i = 0; i < 5; i++) {
    const known = [laptop, tablet].map(({ id }) => made(id, 1000 + i));
    const frontier = [...Array.from({ length: 4000 }, () => made()), ...known];
    const lie = await forge(world, phone, { kind: 'heads', content: saying(frontier), ...place });
    place = { seq: lie.seq + 1, before: [lie.saying] };
    await tablet.replica.receive(received(lie));
    sizes.push((await stored(tablet)).head);
  }
  await tablet.replica.receive([], { upToDate: true });
  expect(sizes.at(-1)! - sizes[0]!).toBeLessThan(200);
  expect(tablet.replica.missing()).toHaveLength(2);
  const told = tablet.events.filter(({ type }) => type === 'gap' || type === 'fork');
  expect(told.length).toBeLessThanOrEqual(2);
  // Once it is revoked its claims are nobody's.
  await world.revoke('Alice phone', [], laptop);
  await tablet.learnChains();
  expect(tablet.replica.missing()).toEqual([]);
});

test('3: a witness in another space tells of this one no more than devices of it may', async () => {
  const { tablet, laptop, phone } = await three();
  const before = (await stored(tablet)).head;
  for (let i = 0; i < 5; i++) {
    const frontier = Array.from({ length: 4000 }, () => made());
    await tablet.replica.witness(phone.id, encodeFrontier(frontier));
    await tablet.replica.witness(hex(random(32)), encodeFrontier([made(laptop.id)]));
  }
  await tablet.replica.receive([], { upToDate: true });
  expect((await stored(tablet)).head - before).toBeLessThan(400);
  expect(tablet.events).toEqual([]);
});

test('3: what a device tells of other spaces is kept of the last it spoke of, however many it makes up', async () => {
  const { world, phone, tablet } = await three();
  const frontier = encodeFrontier([]);
  let place = {};
  const spaces: string[] = [];
  for (let i = 0; i < 5; i++) {
    const told = Array.from({ length: 50 }, () => hex(random(32)));
    spaces.push(...told);
    const others = new Map(told.map((space) => [space, frontier]));
    const word = await forge(world, phone, {
      kind: 'heads',
      content: encodeHeads({ frontier: [], others }),
      ...place,
    });
    place = { seq: word.seq + 1, before: [word.saying] };
    await tablet.replica.receive(received(word));
  }
  const kept = [...tablet.replica.otherFrontiers().get(phone.id)!.keys()];
  expect(kept).toHaveLength(MAX_SPACES_TOLD);
  expect(spaces.slice(-50).every((space) => kept.includes(space))).toBe(true);
});
