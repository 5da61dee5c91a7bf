/**
 * R17, at the client: for a day the relay's disk is full, or it says 429, or its door says 503. Local work goes on, the
 * device asks ever more rarely and not in step with others, the badge says what is the matter, and then all arrives.
 */
import { expect, test } from 'vitest';
import { LONGEST_DELAY } from '#lib/sync/backoff.ts';
import { NO_GUARD } from '../../relay/bounds/guard.ts';
import { CALM } from '../helpers/worlds/fake-network.ts';
import { syncWorld, type SyncWorld } from '../helpers/worlds/sync-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Half the longest delay is the shortest pause of a device that has given up hurrying. */
const ATTEMPTS_PER_DAY = (2 * DAY) / LONGEST_DELAY + 20;

interface Attempts {
  readonly at: number[];
}

function countRequests(world: SyncWorld, type: number): Attempts {
  const at: number[] = [];
  world.network.tap = (direction, message) => {
    if (direction === 'up' && message[0] === type) at.push(world.clock.now());
    return true;
  };
  return { at };
}

/** One frame an hour, for a day: each is in the outbox at once, whatever the relay does. */
async function writeForADay(world: SyncWorld) {
  for (let hour = 0; hour < 24; hour++) {
    world.devices[0]!.write();
    expect(world.devices[0]!.space.ids()).toHaveLength(hour + 1);
    await world.clock.advance(HOUR);
  }
}

test('R17: the relay is full for a day', async () => {
  const world = syncWorld(1);
  const full = { cursor: 0, fresh: false, stored: Promise.resolve('storage-full' as const) };
  world.relay.interpose({ put: () => full });
  const [laptop, phone] = [world.device(), world.device()];
  await world.clock.until(world.converged);
  const puts = countRequests(world, 0x03);
  await writeForADay(world);

  expect(laptop.engine.state()).toMatchObject({ connection: 'online', problem: 'relay-full', unsent: 24 });
  expect(phone.engine.state()).toMatchObject({ connection: 'online', problem: null });
  const rounds = new Set(puts.at).size;
  expect(rounds).toBeGreaterThan(24);
  expect(rounds).toBeLessThan(ATTEMPTS_PER_DAY + 24); // each hour's frame is tried once, at once

  world.relay.interpose({});
  laptop.engine.retryNow();
  await world.clock.advance(1_000);
  expect(world.converged()).toBe(true);
  expect(laptop.engine.state()).toMatchObject({ problem: null, unsent: 0 });
  world.stop();
});

test('R17: the relay says "too much at once", and is asked no sooner than it said', async () => {
  const world = syncWorld(2);
  world.relay.guard = { ...NO_GUARD, store: () => 1_800 };
  const laptop = world.device();
  await world.clock.until(world.converged);
  const puts = countRequests(world, 0x03);
  laptop.write();
  await world.clock.advance(DAY);
  expect(laptop.engine.state()).toMatchObject({ connection: 'online', problem: 'relay-busy', unsent: 1 });
  const pauses = puts.at.slice(1).map((at, i) => at - puts.at[i]!);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_800_000);
  expect(pauses.length).toBeGreaterThan(30);

  world.relay.guard = NO_GUARD;
  world.network.cutAll();
  await world.clock.until(world.converged);
  world.stop();
});

test('R17: the door answers 503 for a day, and a hundred devices do not come back in step', async () => {
  const world = syncWorld(3);
  for (let i = 0; i < 100; i++) world.device();
  await world.clock.until(world.converged);
  world.network.faults = { ...CALM, refuse: 1 };
  world.network.cutAll();
  const before = world.network.dialled;
  await writeForADay(world);

  expect(world.devices[0]!.engine.state()).toMatchObject({
    connection: 'offline',
    problem: null,
    unsent: 24,
  });
  expect((world.network.dialled - before) / 100).toBeLessThan(ATTEMPTS_PER_DAY);

  world.network.faults = CALM;
  const openAfter: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    await world.clock.advance(LONGEST_DELAY / 10);
    openAfter.push(world.network.open);
  }
  const perTenth = openAfter.map((open, i) => open - (openAfter[i - 1] ?? 0));
  expect(Math.max(...perTenth)).toBeLessThan(35); // evenly would be 10
  expect(openAfter.at(-1)).toBe(100);
  await world.clock.until(world.converged);
  world.stop();
});
