import { describe, expect, test } from 'vitest';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { orderHistory, type Operation } from './history.ts';
import { evaluate, type Rules } from './membership.ts';

/** The smallest club: members add and remove members. Everybody is their own device. */
type Body = { readonly add: string } | { readonly remove: string } | { readonly say: string };
type Op = Operation<Body>;

const club: Rules<Body, true> = {
  founders: new Map([['Alice', true]]),
  changes: ({ body }) =>
    'add' in body
      ? [{ subject: body.add, value: true }]
      : 'remove' in body
        ? [{ subject: body.remove, value: null }]
        : [],
  authorises: ({ author, body }, view) =>
    view.get(author) === true && (!('remove' in body) || view.get(body.remove) === true),
  voids: () => null,
  isAbove: () => false,
};

/** Operations by author, each after its author's one before; ids are given so that hashes can be chosen. */
function story() {
  const last = new Map<string, string>();
  return (id: string, author: string, body: Body, ...deps: string[]): Op => {
    const before = last.get(author);
    last.set(author, id);
    return { id, author, deps: before === undefined ? deps : [...new Set([before, ...deps])], body };
  };
}

function membersOf(operations: readonly Op[]): string[] {
  const { view } = evaluate(operations, club);
  return view
    .subjects()
    .filter((name, i, all) => all.indexOf(name) === i && view.get(name) === true)
    .sort();
}

describe('an operation counts', () => {
  test('when its author held the right in its causal past', () => {
    const write = story();
    const operations = [write('1', 'Alice', { add: 'Bob' }), write('2', 'Bob', { add: 'Carl' }, '1')];
    expect(membersOf(operations)).toEqual(['Alice', 'Bob', 'Carl']);
  });

  test('not when Bob had not heard yet that he is a member', () => {
    const write = story();
    const operations = [write('1', 'Alice', { add: 'Bob' }), write('2', 'Bob', { add: 'Carl' })];
    expect(membersOf(operations)).toEqual(['Alice', 'Bob']);
    expect(evaluate(operations, club).rejected).toEqual(new Map([['2', 'not-authorised']]));
  });

  test('not when it comes from a stranger, or rests on a stranger’s word', () => {
    const write = story();
    const operations = [write('1', 'Eve', { add: 'Eve' }), write('2', 'Eve', { add: 'Mallory' }, '1')];
    expect(membersOf(operations)).toEqual(['Alice']);
  });

  test('not while it names something that has not arrived', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { add: 'Carl' }, '1', 'lost'),
    ];
    expect(membersOf(operations)).toEqual(['Alice', 'Bob']);
    expect(evaluate(operations, club).waiting).toEqual(['2']);
  });
});

describe('what happens at the same time', () => {
  test('a removal beats an addition, whichever hash is smaller', () => {
    for (const [add, remove] of [
      ['2', '3'],
      ['3', '2'],
    ] as const) {
      const write = story();
      const operations = [
        write('0', 'Alice', { add: 'Bob' }),
        write('1', 'Alice', { add: 'Carl' }),
        write(remove, 'Alice', { remove: 'Carl' }),
        write(add, 'Bob', { add: 'Carl' }, '1'),
      ];
      expect(membersOf(operations)).toEqual(['Alice', 'Bob']);
    }
  });

  test('whoever was removed comes back by a later addition', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { remove: 'Bob' }),
      write('3', 'Alice', { add: 'Bob' }),
    ];
    expect(membersOf(operations)).toEqual(['Alice', 'Bob']);
  });

  test('C10: what Bob says beside his removal is void, and whatever rests on it', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { remove: 'Bob' }),
      write('3', 'Bob', { add: 'Mallory' }, '1'),
      write('4', 'Mallory', { add: 'Eve' }, '3'),
    ];
    expect(membersOf(operations)).toEqual(['Alice']);
    const { rejected } = evaluate(operations, club);
    expect([...rejected]).toEqual([
      ['3', 'void'],
      ['4', 'not-authorised'],
    ]);
  });

  test('what Bob had said before, and Alice knew when she removed him, stays', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Bob', { add: 'Carl' }, '1'),
      write('3', 'Alice', { remove: 'Bob' }, '2'),
    ];
    expect(membersOf(operations)).toEqual(['Alice', 'Carl']);
  });

  test('two who remove each other are both out: neither a small hash nor being first keeps one in', () => {
    for (const [a, b] of [
      ['2', '3'],
      ['3', '2'],
    ] as const) {
      const write = story();
      const operations = [
        write('1', 'Alice', { add: 'Bob' }),
        write(a, 'Alice', { remove: 'Bob' }),
        write(b, 'Bob', { remove: 'Alice' }, '1'),
      ];
      expect(membersOf(operations)).toEqual([]);
    }
  });

  test('a removed thief drags along whoever removed him, and nobody else', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Thief' }),
      write('2', 'Alice', { add: 'Bob' }),
      write('3', 'Bob', { remove: 'Thief' }, '2'),
      write('4', 'Thief', { remove: 'Bob' }, '2'),
      write('5', 'Thief', { remove: 'Alice' }, '2'),
      write('6', 'Thief', { add: 'Eve' }, '2'),
      write('7', 'Eve', { remove: 'Alice' }, '6'),
    ];
    expect(membersOf(operations)).toEqual(['Alice']);
  });

  test('an accomplice whom the thief lets in beside the removal reaches no further than the thief', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Thief' }),
      write('2', 'Alice', { add: 'Bob' }),
      write('3', 'Bob', { remove: 'Thief' }, '2'),
      write('4', 'Thief', { add: 'Eve' }, '2'),
      write('5', 'Eve', { remove: 'Alice' }, '4'),
      write('6', 'Eve', { remove: 'Bob' }, '4'),
    ];
    expect(membersOf(operations)).toEqual(['Alice']);
  });

  test('a thief who dates a removal back before his remover was added is out all the same', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Thief' }),
      write('2', 'Alice', { add: 'Bob' }),
      write('3', 'Bob', { remove: 'Thief' }, '2'),
      write('4', 'Thief', { remove: 'Alice' }, '1'),
    ];
    expect(membersOf(operations)).toEqual([]);
  });

  test('a ring of three removals takes all three out', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { add: 'Carl' }),
      write('3', 'Alice', { remove: 'Bob' }),
      write('4', 'Bob', { remove: 'Carl' }, '2'),
      write('5', 'Carl', { remove: 'Alice' }, '2'),
    ];
    expect(membersOf(operations)).toEqual([]);
  });

  test('in a chain of removals the first one counts, and the last one, whose foe is gone', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { add: 'Carl' }),
      write('3', 'Alice', { add: 'Dora' }),
      write('4', 'Alice', { remove: 'Bob' }),
      write('5', 'Bob', { remove: 'Carl' }, '3'),
      write('6', 'Carl', { remove: 'Dora' }, '3'),
    ];
    expect(membersOf(operations)).toEqual(['Alice', 'Carl']);
  });
});

describe('what an operation makes void of what is said beside it', () => {
  const strict: Rules<Body, true> = {
    ...club,
    voids: ({ body }) =>
      'say' in body && body.say === 'nobody new' ? ({ body: beside }) => 'add' in beside : null,
    authorises: ({ author }, view) => view.get(author) === true,
  };

  test('is void only beside it, and only while it counts', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { say: 'nobody new' }),
      write('3', 'Bob', { add: 'Carl' }, '1'),
      write('4', 'Bob', { add: 'Dora' }, '2'),
      write('5', 'Eve', { say: 'nobody new' }),
    ];
    const { effective, rejected } = evaluate(operations, strict);
    expect(effective.map(({ id }) => id)).toEqual(['1', '2', '4']);
    expect([...rejected]).toEqual([
      ['3', 'void'],
      ['5', 'not-authorised'],
    ]);
  });
});

describe('the heads', () => {
  test('are what counts and nothing that counts builds on', () => {
    const write = story();
    const operations = [
      write('1', 'Alice', { add: 'Bob' }),
      write('2', 'Alice', { say: 'hello' }),
      write('3', 'Bob', { say: 'hello' }, '1'),
      write('4', 'Eve', { say: 'hello' }, '3'),
    ];
    expect(evaluate(operations, club).heads).toEqual(['2', '3']);
  });

  /** Alice has removed the thief, who removes her as often as he likes, dated back to when he was a member. */
  function storm(times: number): Op[] {
    const past = ['1'];
    return [
      { id: '1', author: 'Alice', deps: [], body: { add: 'Thief' } },
      { id: '2', author: 'Alice', deps: past, body: { remove: 'Thief' } },
      ...Array.from({ length: times }, (_, i) => {
        return { id: `t${1000 + i}`, author: 'Thief', deps: past, body: { remove: 'Alice' } };
      }),
    ];
  }

  test('leave out removals that say again what their author has said: 300 of them are one', () => {
    expect(evaluate(storm(300), club).heads).toEqual(['2', 't1000']);
  });

  test('have what a removal that is left out builds on in its place', () => {
    const operations: Op[] = [
      ...storm(2).filter(({ id }) => id !== '2'),
      { id: '3', author: 'Alice', deps: ['1'], body: { say: 'hello' } },
      { id: '4', author: 'Thief', deps: ['1'], body: { say: 'mine' } },
      { id: '5', author: 'Thief', deps: ['3', '4'], body: { remove: 'Alice' } },
    ];
    // The last one makes nothing void: it knows of Alice's greeting, which the others make void.
    expect(evaluate(operations, club).heads).toEqual(['4', 't1000']);
  });

  test('cost no more for each removal that is said again: rights are asked for a few times an operation', () => {
    const askedFor = (operations: readonly Op[]) => {
      let asked = 0;
      evaluate(operations, { ...club, authorises: (...given) => (asked++, club.authorises(...given)) });
      return asked / operations.length;
    };
    expect(askedFor(storm(300))).toBeLessThanOrEqual(askedFor(storm(3)) + 1);
  });
});

const NAMES = ['Alice', 'Bob', 'Carl', 'Dora', 'Eve', 'Frank'];

/** Honest people name all they know; one in five statements is by somebody who leaves things out. */
function randomStory(random: SeededRandom): Op[] {
  const operations: Op[] = [];
  const seen = new Map(NAMES.map((name) => [name, new Set<string>()]));
  const own = new Map<string, string[]>();
  const count = 4 + random.int(14);
  for (let i = 0; i < count; i++) {
    const author = random.pick(NAMES);
    const known = seen.get(author)!;
    for (const { id } of operations) if (random.chance(0.3)) known.add(id);
    const named = [...known].filter(() => random.chance(random.chance(0.2) ? 0.3 : 1));
    const subject = random.pick(NAMES);
    const body: Body = random.chance(0.6) ? { add: subject } : { remove: subject };
    const id = `${random.int(1e9)}-${i}`;
    const said = own.get(author) ?? [];
    const before = random.chance(0.05) ? said.slice(0, -1).slice(-1) : said.slice(-1);
    operations.push({ id, author, deps: [...new Set([...named, ...before])], body });
    own.set(author, [...said, id]);
    known.add(id);
  }
  return operations;
}

function pastOf(all: readonly Op[]): (earlier: string, later: string) => boolean {
  const { operations, isBefore } = orderHistory(all);
  const index = new Map(operations.map(({ id }, at) => [id, at]));
  return (earlier, later) => isBefore(index.get(earlier)!, index.get(later)!);
}

function fingerprint(operations: readonly Op[]) {
  const { effective, rejected, waiting, heads } = evaluate(operations, club);
  return {
    effective: effective.map(({ id }) => id),
    rejected: [...rejected].sort(),
    waiting,
    heads,
    members: membersOf(operations),
  };
}

describe('random histories', () => {
  test('give one result, whatever the order of delivery', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const random = seededRandom(seed);
      const operations = randomStory(random);
      const expected = fingerprint(operations);
      expect(fingerprint(random.shuffle(operations)), `seed ${seed}`).toEqual(expected);
      expect(fingerprint([...operations, ...operations].reverse()), `seed ${seed}`).toEqual(expected);
    }
  });

  test('let nobody in whom no member added, and keep nobody in whom a standing removal names last', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const operations = randomStory(seededRandom(seed));
      const { effective } = evaluate(operations, club);
      const isBefore = pastOf(operations);
      const members = membersOf(operations);
      for (const member of members) {
        const added = effective.some(({ body }) => 'add' in body && body.add === member);
        expect(member === 'Alice' || added, `seed ${seed}: ${member}`).toBe(true);
      }
      for (const { id, body } of effective) {
        if (!('remove' in body)) continue;
        const backAgain = effective.some(
          (later) => 'add' in later.body && later.body.add === body.remove && isBefore(id, later.id),
        );
        if (!backAgain) expect(members, `seed ${seed}`).not.toContain(body.remove);
      }
    }
  });

  test('whoever is removed for good adds nothing beside the removal', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const operations = randomStory(seededRandom(seed));
      const { effective } = evaluate(operations, club);
      const isBefore = pastOf(operations);
      for (const removal of effective) {
        if (!('remove' in removal.body)) continue;
        const author = removal.body.remove;
        for (const other of effective) {
          if (other.author !== author || 'remove' in other.body || other.id === removal.id) continue;
          const apart = !isBefore(other.id, removal.id) && !isBefore(removal.id, other.id);
          expect(apart, `seed ${seed}: ${other.id} beside ${removal.id}`).toBe(false);
        }
      }
    }
  });
});
