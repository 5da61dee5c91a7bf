import { expect, test } from 'vitest';
import { AddressGuard, Doorkeeper } from './guard.ts';
import { DEFAULT_LIMITS, type RelayLimits } from './limits.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

function doorWith(limits: Partial<RelayLimits>): Doorkeeper {
  return new Doorkeeper({ ...DEFAULT_LIMITS, ...limits });
}

async function enter(door: Doorkeeper, address: string): Promise<AddressGuard> {
  const entered = await door.enter(address);
  if (typeof entered === 'number') throw new Error(`told to wait ${entered} s`);
  return entered;
}

test('one address connecting too often does not keep another out', async () => {
  const door = doorWith({ connectsPerMinute: 2 });
  await enter(door, ALICE);
  await enter(door, ALICE);
  expect(await door.enter(ALICE)).toBeGreaterThan(0);
  await enter(door, BOB);
});

test('connections from one address share what it may do, and its place is free when all have left', async () => {
  const door = doorWith({ connectionsPerAddress: 2 });
  const [first, second] = [await enter(door, ALICE), await enter(door, ALICE)];
  expect(first).toBe(second);
  expect(await door.enter(ALICE)).toBeGreaterThan(0);
  door.leave(first);
  await enter(door, ALICE);
});

test('too many refused proofs keep an address out, also over a new connection', async () => {
  const door = doorWith({ refusalsPerMinute: 3 });
  const guard = await enter(door, ALICE);
  for (let i = 0; i < 4; i++) guard.refused();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await door.enter(ALICE)).toBeGreaterThan(0);
  expect(await door.enter(ALICE)).toBeLessThanOrEqual(60);
});

test('topics are created up to a number per hour', async () => {
  const door = doorWith({ createsPerHour: 2 });
  const guard = await enter(door, ALICE);
  expect([await guard.create(), await guard.create()]).toEqual([0, 0]);
  expect(await guard.create()).toBeGreaterThan(3000);
  expect(await (await enter(door, BOB)).create()).toBe(0);
});

test('what an address stores is counted over all its connections, and does not start anew with the next one', async () => {
  const door = doorWith({ mebibytesPerDay: 1 });
  const stored = async (guard: AddressGuard) => {
    guard.store(65_536);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const first = await enter(door, ALICE);
  for (let i = 0; i < 10; i++) await stored(first);
  expect(first.store(0)).toBe(0);
  door.leave(first);
  const second = await enter(door, ALICE);
  for (let i = 0; i < 8; i++) await stored(second);
  expect(second.store(0)).toBeGreaterThan(3600);
  expect((await enter(door, BOB)).store(65_536)).toBe(0);
});
