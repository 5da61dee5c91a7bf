import { describe, expect, test } from 'vitest';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { orderHistory, type Operation } from './history.ts';

type Op = Operation<null>;

const op = (id: string, author: string, ...deps: string[]): Op => ({ id, author, deps, body: null });

function order(...operations: Op[]): string[] {
  return orderHistory(operations).operations.map(({ id }) => id);
}

function isBefore(operations: readonly Op[], earlier: string, later: string): boolean {
  const history = orderHistory(operations);
  const index = (id: string) => history.operations.findIndex((each) => each.id === id);
  return history.isBefore(index(earlier), index(later));
}

/** Authors who name what they like, and lose things on the way. */
function randomOperations(random: SeededRandom, count: number): Op[] {
  const operations: Op[] = [];
  for (let i = 0; i < count; i++) {
    const known = operations.filter(() => random.chance(0.4)).map(({ id }) => id);
    const deps = random.chance(0.05) ? [...known, 'lost'] : known;
    operations.push(op(`${random.int(1e9)}-${i}`, random.pick(['Alice', 'Bob', 'Eve']), ...deps));
  }
  return operations;
}

describe('the causal order', () => {
  test('puts each operation after what it names', () => {
    expect(order(op('b', 'Bob', 'c'), op('c', 'Alice'))).toEqual(['c', 'b']);
    expect(order(op('a', 'Alice', 'b'), op('b', 'Alice'))).toEqual(['b', 'a']);
  });

  test('sorts what is concurrent by hash', () => {
    expect(order(op('c', 'Alice'), op('a', 'Bob'), op('b', 'Carl'))).toEqual(['a', 'b', 'c']);
  });

  test('knows the past through others', () => {
    const operations = [op('a', 'Alice'), op('b', 'Bob', 'a'), op('c', 'Bob', 'b'), op('d', 'Carl', 'c')];
    expect(isBefore(operations, 'a', 'd')).toBe(true);
    expect(isBefore(operations, 'd', 'a')).toBe(false);
    expect(isBefore(operations, 'd', 'd')).toBe(false);
  });

  test('makes an operation wait for what it names, and whatever names it', () => {
    const { operations, waiting } = orderHistory([
      op('a', 'Alice'),
      op('b', 'Bob', 'lost'),
      op('c', 'Carl', 'a', 'b'),
    ]);
    expect(operations.map(({ id }) => id)).toEqual(['a']);
    expect(waiting.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  test('K3: two branches of one device know nothing of each other, until it goes on from both', () => {
    const operations = [
      op('a', 'Alice'),
      op('b', 'Alice', 'a'),
      op('c', 'Alice', 'a'),
      op('d', 'Alice', 'b', 'c'),
    ];
    expect(isBefore(operations, 'b', 'c') || isBefore(operations, 'c', 'b')).toBe(false);
    expect(['a', 'b', 'c'].every((earlier) => isBefore(operations, earlier, 'd'))).toBe(true);
  });

  test('is the same for every order of arrival, and contradicts no name', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = seededRandom(seed);
      const operations = randomOperations(random, 3 + random.int(20));
      const history = orderHistory(operations);
      const ids = history.operations.map(({ id }) => id);
      const again = orderHistory(random.shuffle(operations));
      expect(
        again.operations.map(({ id }) => id),
        `seed ${seed}`,
      ).toEqual(ids);
      expect(again.waiting, `seed ${seed}`).toEqual(history.waiting);
      expect(ids.length + history.waiting.length).toBe(operations.length);
      history.operations.forEach(({ deps }, later) => {
        for (const dep of deps) {
          const earlier = ids.indexOf(dep);
          expect(earlier, `seed ${seed}`).toBeLessThan(later);
          expect(history.isBefore(earlier, later), `seed ${seed}`).toBe(true);
        }
        ids.forEach((_, other) => {
          expect(history.isBefore(other, later) && history.isBefore(later, other), `seed ${seed}`).toBe(
            false,
          );
          if (!history.isBefore(other, later)) return;
          ids.forEach((__, third) => {
            if (history.isBefore(third, other)) expect(history.isBefore(third, later)).toBe(true);
          });
        });
      });
    }
  });
});
