import { expect, test } from 'vitest';
import { fakeClock } from '../../tests/helpers/tools/clock.ts';
import { Rota } from './rota.ts';
import type { Pace } from '../store/pace.ts';

const [MALLORY, ALICE] = [{ name: 'Mallory' }, { name: 'Alice' }];
const free = () => undefined;

/** Pieces of work, each of one cost. */
function pieces(count: number, cost: number, done: () => void = free) {
  return async (pace: Pace) => {
    for (let i = 0; i < count; i++) {
      pace.spend(cost);
      const rest = pace.rest();
      if (rest) await rest;
    }
    done();
  };
}

/** Counts turns of the event loop. */
function world() {
  const clock = fakeClock();
  const rota = new Rota(clock);
  return { rota, turn: () => clock.advance(1) };
}

test('a small read on a quiet relay is done at once', async () => {
  const { rota } = world();
  expect(await rota.do(ALICE, free, () => Promise.resolve('read'))).toBe('read');
});

test('a turn of the event loop spends a bounded part on reads, however many there are', async () => {
  const { rota } = world();
  let spent = 0;
  const count = (cost: number) => void (spent += cost);
  for (let i = 0; i < 500; i++) void rota.do(MALLORY, count, pieces(10, 500));
  for (let i = 0; i < 50; i++) await Promise.resolve();
  expect(spent).toBeGreaterThan(0);
  expect(spent).toBeLessThanOrEqual(2_500);
});

test('addresses take turns: who asks for much delays another by a slice, not by its requests', async () => {
  const { rota, turn } = world();
  const order: string[] = [];
  for (let i = 0; i < 200; i++)
    void rota.do(
      MALLORY,
      free,
      pieces(5, 1_000, () => order.push('Mallory')),
    );
  void rota.do(
    ALICE,
    free,
    pieces(1, 100, () => order.push('Alice')),
  );
  while (order.length < 201) await turn();
  expect(order.indexOf('Alice')).toBeLessThan(3);
});

test('everything is done in the end, and the cost of each is told to who asked', async () => {
  const { rota, turn } = world();
  const charged = { Mallory: 0, Alice: 0 };
  const all = [MALLORY, ALICE].flatMap((who) =>
    Array.from({ length: 20 }, () =>
      rota.do(who, (cost) => void (charged[who.name as 'Alice'] += cost), pieces(3, 700)),
    ),
  );
  let isDone = false;
  void Promise.all(all).then(() => (isDone = true));
  for (let turns = 0; turns < 200 && !isDone; turns++) await turn();
  expect(isDone).toBe(true);
  expect(charged).toEqual({ Mallory: 42_000, Alice: 42_000 });
});

test('work that fails holds nobody up, and its failure reaches who asked', async () => {
  const { rota, turn } = world();
  const failing = Array.from({ length: 5 }, () =>
    rota
      .do(MALLORY, free, async (pace) => {
        pace.spend(5_000);
        await pace.rest();
        throw new Error('the disk');
      })
      .catch((error: unknown) => String(error)),
  );
  const after = rota.do(ALICE, free, () => Promise.resolve('read'));
  for (let turns = 0; turns < 20; turns++) await turn();
  expect(await Promise.all(failing)).toEqual(Array(5).fill('Error: the disk'));
  expect(await after).toBe('read');
});
