import { expect, test } from 'vitest';
import { fakeClock } from '../../tests/helpers/tools/clock.ts';
import { AddressGuard, Doorkeeper } from './guard.ts';
import { DEFAULT_LIMITS, type RelayLimits } from './limits.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

const clock = fakeClock();

function doorWith(limits: Partial<RelayLimits>): Doorkeeper {
  return new Doorkeeper({ ...DEFAULT_LIMITS, ...limits }, clock);
}

function enter(door: Doorkeeper, address: string): AddressGuard {
  const entered = door.enter(address);
  if (typeof entered === 'number') throw new Error(`told to wait ${entered} s`);
  return entered;
}

test('one address connecting too often does not keep another out', async () => {
  const door = doorWith({ connectsPerMinute: 2 });
  enter(door, ALICE);
  enter(door, ALICE);
  expect(door.enter(ALICE)).toBeGreaterThan(0);
  enter(door, BOB);
});

test('connections from one address share what it may do, and its place is free when all have left', async () => {
  const door = doorWith({ connectionsPerAddress: 2 });
  const [first, second] = [enter(door, ALICE), enter(door, ALICE)];
  expect(first).toBe(second);
  expect(door.enter(ALICE)).toBeGreaterThan(0);
  door.leave(first, true);
  enter(door, ALICE);
});

test('too many refused proofs keep an address out, also over a new connection', async () => {
  const door = doorWith({ refusalsPerMinute: 3 });
  const guard = enter(door, ALICE);
  for (let i = 0; i < 4; i++) guard.refused();
  expect(door.enter(ALICE)).toBeGreaterThan(0);
  expect(door.enter(ALICE)).toBeLessThanOrEqual(60);
});

test('topics are created up to a number per hour', async () => {
  const door = doorWith({ createsPerHour: 2 });
  const guard = enter(door, ALICE);
  expect([guard.create(), guard.create()]).toEqual([0, 0]);
  expect(guard.create()).toBeGreaterThan(1_700);
  expect(enter(door, BOB).create()).toBe(0);
});

test('what an address stores is counted over all its connections, and is not forgotten when the last of them ends', () => {
  const door = doorWith({ mebibytesPerDay: 1 });
  const first = enter(door, ALICE);
  expect(first.store(900_000)).toBe(0);
  door.leave(first, true);
  const second = enter(door, ALICE);
  expect(second.store(900_000)).toBeGreaterThan(3_600);
  expect(second.store(100_000)).toBe(0);
  expect(enter(door, BOB).store(900_000)).toBe(0);
});

test('the very first frame over the share is refused, over whichever connection it comes', () => {
  const door = doorWith({ mebibytesPerDay: 2 });
  let stored = 0;
  for (let i = 0; i < 12; i++) {
    const guard = enter(door, ALICE);
    if (guard.store(1_000_000) === 0) stored++;
    door.leave(guard, true);
  }
  expect(stored).toBe(2);
});

test('work is a debt of the address: it is done first and waited for after', () => {
  const door = doorWith({ addressWorkMs: 10, addressWorkPerSecondMs: 1 });
  const guard = enter(door, ALICE);
  expect(guard.overworked()).toBe(0);
  guard.work(25_000);
  door.leave(guard, true);
  const again = enter(door, ALICE);
  expect(again.overworked()).toBe(15);
  expect(enter(door, BOB).overworked()).toBe(0);
});

test('connections that have proven nothing are few, and make room when they do', () => {
  const door = doorWith({ unprovenPerAddress: 2 });
  const first = enter(door, ALICE);
  enter(door, ALICE);
  expect(door.enter(ALICE)).toBeGreaterThan(0);
  door.proven(first);
  enter(door, ALICE);
  door.leave(first, false);
  enter(door, ALICE);
});

test('an address is forgotten when nothing it did counts any more', async () => {
  const door = doorWith({});
  const guard = enter(door, ALICE);
  guard.refused();
  door.leave(guard, true);
  await clock.advance(61_000);
  enter(door, BOB);
  expect(door.size).toBe(1);
});

test('however many addresses come, no more than a bounded number is remembered, and who used most stays known', () => {
  const door = doorWith({ mebibytesPerDay: 1, addresses: 500 });
  const greedy = enter(door, ALICE);
  greedy.store(1_000_000);
  door.leave(greedy, true);
  for (let i = 0; i < 2_000; i++) {
    const guard = enter(door, `2001:db8:0:${i.toString(16)}::/64`);
    door.leave(guard, true);
  }
  expect(door.size).toBe(500);
  expect(enter(door, ALICE).store(1_000_000)).toBeGreaterThan(0);
});
