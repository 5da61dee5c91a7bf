import { describe, expect, test } from 'vitest';
import { seededRandom } from '../helpers/tools/random.ts';
import { anyStory } from './any-story.ts';
import type { Device, Id } from './history.ts';
import { FIRST_SEAT } from './roster.ts';
import { ADDRESSES, Story, type Heard } from './story.ts';
import { countedWords } from './words.ts';

/**
 * The model of who counts, held against the product on the same histories; and the histories K1 to K10, told to both.
 * STORIES and SEED set number and start.
 */
const STORIES = Number(process.env['STORIES'] ?? 400);
const FIRST_SEED = Number(process.env['SEED'] ?? 0);

/** What model and product say of one state of knowledge, in the same words. */
function views(story: Story, heard: Heard = story.all) {
  const [model, real] = [story.roster(heard), story.realRoster(heard)];
  const { devices } = story;
  const chains = ADDRESSES.map((address) => ({
    model: story.chain(address, heard),
    real: story.realChain(address, heard),
  }));
  const idsOf = (list: Iterable<Device>) => [...list].map((device) => story.realId(device)).sort();
  return {
    model: {
      chains: chains.map(({ model: { active, known, heads } }) => [idsOf(active), idsOf(known), heads]),
      counts: [...model.counts].sort(),
      owners: [...model.owners].map((address) => story.realAddress(address)).sort(),
      stands: devices.filter(model.stands),
      known: devices.filter(model.isKnown),
      anchors: [...new Set(model.anchors.map(({ saying }) => saying))].sort(),
      heads: [...model.heads].sort(),
      words: [...story.counted(heard)].sort(),
    },
    real: {
      chains: chains.map(({ real: state }) => [
        [...(state?.active ?? [])].sort(),
        [...(state?.devices.keys() ?? [])].sort(),
        [...(state?.heads ?? [])].sort(),
      ]),
      counts: [...real.effective.keys()].sort(),
      owners: [...real.owners].sort(),
      stands: devices.filter((device) => real.stands(story.realId(device))),
      known: devices.filter((device) => real.isKnown(story.realId(device))),
      anchors: real.anchors.map(({ saying }) => saying).sort(),
      heads: [...real.heads].sort(),
      words: [...countedWords(realWords(story, heard), real)].sort(),
    },
  };
}

const realWords = (story: Story, heard: Heard) =>
  story.words
    .filter(({ id }) => heard.has(id))
    .map((word) => ({ ...word, author: story.realId(word.author) }));

function expectAgreement(story: Story, what: string, heard?: Heard) {
  const { model, real } = views(story, heard);
  if (JSON.stringify(model) !== JSON.stringify(real)) expect(real, what).toEqual(model);
  return model;
}

test(
  `in ${STORIES} random stories model and product agree on chains, roster and words, for everybody and at the end`,
  { timeout: 60_000 + STORIES * 1000 },
  () => {
    const seen = { refused: 0, revoked: 0, late: 0, joined: 0, ended: 0 };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + STORIES; seed++) {
      const random = seededRandom(`story ${seed}`);
      const { story, heard } = anyStory(random, 8 + random.int(24));
      const end = expectAgreement(story, `SEED=${seed}, at the end`);
      for (const [device, knows] of heard)
        if (random.chance(0.4)) expectAgreement(story, `SEED=${seed}, ${device}`, knows);
      seen.refused += story.controls.length - end.counts.length;
      seen.revoked += end.chains.reduce((sum, [active, known]) => sum + known!.length - active!.length, 0);
      seen.late += story.words.length - end.words.length;
      if (end.owners.length > 1) seen.joined++;
      if (end.owners.length > 0 && !end.owners.includes(story.realAddress('A'))) seen.ended++;
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(STORIES / 40);
  },
);

/** Words by a name: whether they count at the end, model and product agreeing. */
function outcome(story: Story, words: Record<string, Id>): Record<string, boolean> {
  const { words: counted } = expectAgreement(story, 'the named history');
  return Object.fromEntries(Object.entries(words).map(([name, id]) => [name, counted.includes(id)]));
}

const without = (heard: Heard, ...ids: Id[]): Heard => new Set([...heard].filter((id) => !ids.includes(id)));

describe('the histories', () => {
  test('K1: the phone links N, N writes, and a laptop that knows of neither revokes the phone', () => {
    const story = new Story();
    const stale = story.all;
    const early = story.word('A2');
    story.chainWord('A2', { add: 'A3' });
    const late = story.word('A3');
    const revoked = story.chainWord('A1', { revoke: 'A2' }, story.chain('A', stale).heads);
    const { known, active } = story.chain('A');
    expect([[...known].sort(), [...active]]).toEqual([['A1', 'A2', 'A3'], ['A1']]);
    expect(story.roster().isKnown('A3')).toBe(true);
    expect(outcome(story, { early, late })).toEqual({ early: false, late: false });
    const taken = story.word('A1', story.all, [late]);
    expect(outcome(story, { early, late, taken })).toEqual({ early: true, late: true, taken: true });
    const again = story.chainWord('A1', { add: 'A3' }, [revoked]);
    expect(again && story.chain('A').active.has('A3')).toBe(true);
  });

  test('K2: A1 lets B in; a copy of A2 revokes A1; B learns that before the join is named', () => {
    const story = new Story();
    const stale = story.all;
    const joined = story.control('A1', { join: 'B', by: 'B1', to: story.roster().heads, agree: [] });
    const theirs = story.word('B1');
    story.chainWord('A2', { revoke: 'A1' }, story.chain('A', stale).heads);
    expect([...story.roster().owners]).toEqual(['A']);
    expect(outcome(story, { theirs })).toEqual({ theirs: false });
    const vouching = story.word('B2', story.all, [theirs]);
    expect(outcome(story, { theirs, vouching })).toEqual({ theirs: false, vouching: false });
    story.control('A2', { note: true }, story.all, [joined]);
    expect([...story.roster().owners]).toEqual(['A', 'B']);
    expect(outcome(story, { theirs, vouching })).toEqual({ theirs: true, vouching: true });
  });

  test('K3: a backup is restored and numbers are used again: both branches count, and it goes on from both', () => {
    const story = new Story();
    const first = story.word('A2');
    const backup = story.all;
    const gone = story.word('A2');
    const restored = story.word('A2', backup);
    expect(story.words.slice(1).map(({ before }) => before)).toEqual([[first], [first]]);
    expect(outcome(story, { first, gone, restored })).toEqual({ first: true, gone: true, restored: true });
    const both = story.word('A2');
    expect(story.words.at(-1)!.before).toEqual([gone, restored]);
    story.chainWord('A1', { revoke: 'A2' });
    const named = story.word('A1', story.all, [both]);
    expect(outcome(story, { gone, restored, both, named })).toEqual({
      gone: true,
      restored: true,
      both: true,
      named: true,
    });
  });

  test('K4: the relay shows one branch to the tablet and the other to the laptop: both count by who saw them', () => {
    const story = new Story();
    story.chainWord('A1', { add: 'A3' });
    const start = story.all;
    const [one, other] = [story.word('A2', start), story.word('A2', start)];
    const unseen = story.word('A2', start);
    const tablet = story.word('A3', without(story.all, other, unseen));
    story.chainWord('A1', { revoke: 'A2' });
    const laptop = story.word('A1', without(story.all, one, unseen, tablet), [other]);
    expect(outcome(story, { one, other, unseen, tablet, laptop })).toEqual({
      ...{ one: true, other: true, unseen: false },
      ...{ tablet: true, laptop: true },
    });
  });

  test('K5: a stolen device names old heads for ever, and none of it counts', () => {
    const story = new Story();
    const before = story.word('A2');
    const seen = story.word('A1');
    const old = story.all;
    story.chainWord('A1', { revoke: 'A2' });
    const stolen = story.word('A2', old);
    const note = story.control('A2', { note: true }, old);
    const joined = story.control('A2', { join: 'C', by: 'C1', to: story.roster(old).heads, agree: [] }, old);
    const theirs = story.word('C1', story.all, [stolen]);
    const { counts, owners } = story.roster();
    expect([counts.has(note), counts.has(joined), [...owners]]).toEqual([false, false, ['A']]);
    expect(outcome(story, { before, seen, stolen, theirs })).toEqual({
      ...{ before: true, seen: true },
      ...{ stolen: false, theirs: false },
    });
  });

  test('K6: a device that has not heard of B’s join adds C as second: C joins', () => {
    const story = new Story();
    const unaware = story.all;
    const to = story.roster().heads;
    story.control('A1', { join: 'B', by: 'B1', to, agree: [] });
    story.control('A2', { join: 'C', by: 'C1', to, agree: [] }, unaware);
    const [b, c] = [story.word('B1'), story.word('C1')];
    expect([...story.roster().owners].sort()).toEqual(['A', 'B', 'C']);
    expect(outcome(story, { b, c })).toEqual({ b: true, c: true });
  });

  test('K7: two owners end each other apart: whom the smaller id would end stays, and nobody’s words are lost', () => {
    const story = new Story();
    const seat = story.control('A1', { join: 'B', by: 'B1', to: story.roster().heads, agree: [] });
    const [a, b] = [story.word('A1'), story.word('B1')];
    const seen = story.word('A2');
    const start = story.all;
    const byA = story.control('A1', { end: 'B', seat }, start);
    const byB = story.control('B1', { end: 'A', seat: FIRST_SEAT }, start);
    const stays = byA < byB ? 'B' : 'A';
    expect([...story.roster().owners]).toEqual([stays]);
    expect(outcome(story, { a, b, seen })).toEqual({ a: true, b: true, seen: true });
  });

  test('K8: two devices revoke a thief apart, who revokes both: all are out, stand for counting, and the kit decides', () => {
    const story = new Story();
    story.chainWord('A1', { add: 'A3' });
    const words = { laptop: story.word('A1'), phone: story.word('A2') };
    const { heads } = story.chain('A');
    for (const [by, revoke] of [
      ['A1', 'A3'],
      ['A2', 'A3'],
      ['A3', 'A1'],
      ['A3', 'A2'],
    ] as const)
      story.chainWord(by, { revoke }, heads);
    expect([...story.chain('A').active]).toEqual([]);
    const { stands } = story.roster();
    expect(['A1', 'A2', 'A3'].map(stands)).toEqual([true, true, true]);
    expect(outcome(story, words)).toEqual({ laptop: true, phone: true });
    const thiefs = story.word('A3');
    const known = without(story.all, thiefs);
    story.chainWord('A4', { recover: 'A4', kept: [] });
    expect(outcome(story, { ...words, thiefs })).toEqual({ laptop: false, phone: false, thiefs: false });
    story.word('A4', known, Object.values(words));
    expect(outcome(story, { ...words, thiefs })).toEqual({ laptop: true, phone: true, thiefs: false });
  });

  test('K9: the tablet writes over a late word without taking it in: it stays late, and its own counts', () => {
    const story = new Story();
    story.chainWord('A1', { revoke: 'A2' });
    const late = story.word('A2');
    const over = story.word('A1');
    expect(outcome(story, { late, over })).toEqual({ late: false, over: true });
    const taken = story.word('A1', story.all, [late]);
    expect(outcome(story, { late, over, taken })).toEqual({ late: true, over: true, taken: true });
  });

  test('K10: the thief acts, then the kit recovers: what the new device names counts, and no link or join of the thief', () => {
    const story = new Story();
    const honest = story.word('A1');
    const start = story.all;
    const linked = story.chainWord('A2', { add: 'A3' }, story.chain('A', start).heads);
    const stolen = {
      thiefs: story.word('A2', start),
      accomplices: story.word('A3', new Set([...start, linked])),
    };
    const joined = story.control(
      'A2',
      { join: 'C', by: 'C1', to: story.roster(start).heads, agree: [] },
      start,
    );
    const theirs = story.word('C1');
    story.chainWord('A4', { recover: 'A4', kept: ['A1'] }, story.chain('A', start).heads);
    const { active } = story.chain('A');
    const { owners, counts } = story.roster();
    expect([[...active].sort(), [...owners], counts.has(joined)]).toEqual([['A1', 'A4'], ['A'], false]);
    expect(outcome(story, { honest, ...stolen, theirs })).toEqual({
      ...{ honest: true, thiefs: false },
      ...{ accomplices: false, theirs: false },
    });
  });
});
