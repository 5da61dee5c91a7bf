import { describe, expect, test } from 'vitest';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { orderHistory, type Operation } from './history.ts';

type Op = Operation<null>;

const op = (id: string, author: string, seq: number, ...deps: string[]): Op => ({
  id,
  author,
  seq,
  deps,
  body: null,
});

function order(...operations: Op[]): string[] {
  return orderHistory(operations).operations.map(({ id }) => id);
}

function isBefore(operations: readonly Op[], earlier: string, later: string): boolean {
  const history = orderHistory(operations);
  const index = (id: string) => history.operations.findIndex((each) => each.id === id);
  return history.isBefore(index(earlier), index(later));
}

/** Authors who name what they like, number what they like, and lose things on the way. */
function randomOperations(random: SeededRandom, count: number): Op[] {
  const operations: Op[] = [];
  for (let i = 0; i < count; i++) {
    const known = operations.filter(() => random.chance(0.4)).map(({ id }) => id);
    const deps = random.chance(0.05) ? [...known, 'lost'] : known;
    operations.push(
      op(`${random.int(1e9)}-${i}`, random.pick(['Alice', 'Bob', 'Eve']), 1 + random.int(5), ...deps),
    );
  }
  return operations;
}

describe('the causal order', () => {
  test('puts each operation after what it names, and after what its author had said', () => {
    expect(order(op('b', 'Bob', 1, 'c'), op('c', 'Alice', 1))).toEqual(['c', 'b']);
    expect(order(op('a', 'Alice', 2), op('b', 'Alice', 1))).toEqual(['b', 'a']);
  });

  test('sorts what is concurrent by hash', () => {
    expect(order(op('c', 'Alice', 1), op('a', 'Bob', 1), op('b', 'Carl', 1))).toEqual(['a', 'b', 'c']);
  });

  test('knows the past through others, and through the author’s own words', () => {
    const operations = [
      op('a', 'Alice', 1),
      op('b', 'Bob', 1, 'a'),
      op('c', 'Bob', 2),
      op('d', 'Carl', 1, 'c'),
    ];
    expect(isBefore(operations, 'a', 'd')).toBe(true);
    expect(isBefore(operations, 'd', 'a')).toBe(false);
    expect(isBefore(operations, 'd', 'd')).toBe(false);
  });

  test('makes an operation wait for what it names, and whatever names it', () => {
    const { operations, waiting } = orderHistory([
      op('a', 'Alice', 1),
      op('b', 'Bob', 1, 'lost'),
      op('c', 'Carl', 1, 'a', 'b'),
    ]);
    expect(operations.map(({ id }) => id)).toEqual(['a']);
    expect(waiting.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  test('does not hang on Eve, who numbers her words against their order', () => {
    const ring = [op('e1', 'Eve', 1, 'b'), op('b', 'Bob', 1, 'e2'), op('e2', 'Eve', 2)];
    expect(order(...ring)).toEqual(['e2', 'b', 'e1']);
    const double = [
      op('e1', 'Eve', 1, 'm2'),
      op('e2', 'Eve', 2),
      op('m1', 'Mallory', 1, 'e2'),
      op('m2', 'Mallory', 2),
    ];
    expect(order(...double)).toHaveLength(4);
  });

  test('two operations under one number know nothing of each other', () => {
    const operations = [op('a', 'Alice', 1), op('b', 'Alice', 2), op('c', 'Alice', 2)];
    expect(isBefore(operations, 'b', 'c') || isBefore(operations, 'c', 'b')).toBe(false);
    expect(isBefore(operations, 'a', 'b') && isBefore(operations, 'a', 'c')).toBe(true);
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
