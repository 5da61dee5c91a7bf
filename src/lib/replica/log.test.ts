import { expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { entryId } from '../../../tests/helpers/worlds/replica-world.ts';
import { RecordDocument } from './document/document.ts';
import type { Frame } from './frames.ts';
import { Lane, shortOf } from './lane.ts';
import { ownLanes, takeAll, type Log, type LaneHeads } from './log.ts';
import type { Members } from './members.ts';
import { NO_UPDATE } from './update.ts';
import { sectionDefinition } from '#lib/record/sections.ts';

const NAMES = ['Alice', 'Bob', 'Claire'].map((name) => hex(seededRandom(name)(32)));
const members = {
  author: (id: string) =>
    NAMES.includes(id) ? { signing: new Uint8Array(32), clientId: NAMES.indexOf(id) + 1 } : undefined,
} as unknown as Members;
const context = { schema: sectionDefinition };

type Draft = Pick<Frame, 'author' | 'seq' | 'before' | 'content'> & Partial<Pick<Frame, 'clock' | 'kind'>>;

/** A frame that nobody has signed: the log asks neither for signatures nor for bytes. */
function paperFrame(random: SeededRandom, draft: Draft): Frame {
  const [saying, id] = [hex(random(32)), hex(random(32))];
  const frame = {
    kind: 'update',
    clock: { time: random.int(2 ** 30), counter: 0 },
    names: [],
    ...draft,
    saying,
    id,
  };
  return frame as unknown as Frame;
}

interface Writer {
  readonly author: string;
  readonly lane: Lane;
  last: Frame | null;
}

function say(writer: Writer, random: SeededRandom): Frame {
  const document = new RecordDocument();
  document.putLane('own', writer.lane.clone());
  const id = random.chance(0.3) ? 'AAAAAAAAAAAAAAAAAAAAAA' : entryId(random);
  const edit = {
    type: 'put',
    section: 'allergies',
    id,
    fields: { name: `allergy ${random.int(1000)}` },
  } as const;
  const content = random.chance(0.1) ? Uint8Array.of(9, 9) : document.edit('own', [edit], 1);
  const { author, last } = writer;
  const frame = paperFrame(random, {
    author,
    seq: (last?.seq ?? 0) + 1,
    before: last ? [last.saying] : [],
    content,
  });
  const mark = { short: shortOf(frame.saying), ...frame.clock };
  writer.lane.apply(content.length > 2 ? content : null, mark);
  writer.last = frame;
  return frame;
}

/** What devices say, now and then in two places at once with one key. */
function history(random: SeededRandom, branches: boolean): Frame[] {
  const writers: Writer[] = NAMES.map((author, i) => ({ author, lane: new Lane(i + 1), last: null }));
  const frames: Frame[] = [];
  for (let step = 0; step < 24; step++) {
    const writer = random.pick(writers);
    frames.push(say(writer, random));
    if (branches && random.chance(0.1)) writers.push({ ...writer, lane: writer.lane.clone() });
  }
  return frames;
}

const take = (frames: Iterable<Frame>, heads: LaneHeads = new Map(), document = new RecordDocument()) => ({
  ...takeAll(context, frames, heads, document, members),
  document,
});

/** What the record shows, and how far every lane has come, whatever the lanes are called. */
function outcome({ heads, document }: Pick<Log, 'heads'> & { document: RecordDocument }): string {
  const shown = [...document.values()].map(([section, key, { value, client, mark }]) => [
    section,
    key,
    value,
    client,
    mark,
  ]);
  const ends = [...heads.values()]
    .filter(({ isJoined }) => !isJoined)
    .map(({ saying, seq, clock }) => `${saying} ${seq} ${clock}`);
  return JSON.stringify([shown, ends.sort()]);
}

test('14: in whatever order the frames come, and bit by bit, they make the same lanes and the same record', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(`order ${seed}`);
    const frames = history(random, seed % 2 === 1);
    const whole = take(frames);
    expect(whole.waiting, `seed ${seed}`).toEqual([]);
    expect(whole.entered, `seed ${seed}`).toHaveLength(frames.length);
    for (let i = 0; i < 4; i++) {
      const left = random.shuffle(frames);
      let grown = take([]);
      while (left.length > 0)
        grown = take([...grown.waiting, ...left.splice(0, 1 + random.int(6))], grown.heads, grown.document);
      // Of two branches of one device the values that both hold count once, so a lane that branches late reads alike.
      expect(outcome(grown), `seed ${seed}`).toBe(outcome(whole));
    }
  }
});

test('21: nothing counts before its author’s own word before it, and nothing else is waited for', () => {
  const random = seededRandom('waits');
  const [alice, bob] = NAMES as [string, string];
  const writer: Writer = { author: alice, lane: new Lane(1), last: null };
  const [first, second, third] = [say(writer, random), say(writer, random), say(writer, random)];
  const other = say({ author: bob, lane: new Lane(2), last: null }, random);
  const early = take([third, other, first]);
  expect(early.entered.map(({ id }) => id).sort()).toEqual([first, other].map(({ id }) => id).sort());
  expect(early.waiting).toEqual([third]);
  const late = take([...early.waiting, second], early.heads, early.document);
  expect(late.entered).toEqual([second, third]);
});

test('14: a device that finds two branches of its own goes on from both, and what it says joins them', () => {
  const random = seededRandom('joins');
  const [alice] = NAMES as [string];
  const writer: Writer = { author: alice, lane: new Lane(1), last: null };
  const start = say(writer, random);
  const twin: Writer = { ...writer, lane: writer.lane.clone() };
  const frames = [start, say(writer, random), say(writer, random), say(twin, random)];
  const both = take(frames);
  const own = ownLanes(alice, both.heads);
  expect(own.before.map(({ saying }) => saying)).toEqual([frames[2]!.saying, frames[3]!.saying]);
  const before = own.before.map(({ saying }) => saying);
  const joining = paperFrame(random, { author: alice, seq: 4, before, content: NO_UPDATE });
  const joined = take([joining], both.heads, both.document);
  expect(ownLanes(alice, joined.heads).before.map(({ saying }) => saying)).toEqual([joining.saying]);
  // Whoever lacks one of the branches waits for it.
  const half = take([start, frames[1]!, frames[2]!, joining]);
  expect(half.waiting).toEqual([joining]);
});

test('one saying in two frames is one: whichever came, the same counts, and it is no second branch', () => {
  const random = seededRandom('twins');
  const [alice] = NAMES as [string];
  const writer: Writer = { author: alice, lane: new Lane(1), last: null };
  const [old, after] = [say(writer, random), say(writer, random)];
  const resealed = { ...old, id: hex(random(32)) };
  for (const frames of [
    [old, after],
    [resealed, after],
    [resealed, old, after],
  ]) {
    const log = take(frames);
    expect(log.entered.map(({ saying }) => saying)).toEqual([old.saying, after.saying]);
    expect(log.heads.size).toBe(1);
    expect(log.twins).toHaveLength(frames.length - 2);
  }
});

test('18: void content takes its place, on every replica alike: what comes after it is judged by itself', () => {
  const random = seededRandom('void');
  const [alice] = NAMES as [string];
  const writer: Writer = { author: alice, lane: new Lane(1), last: null };
  const first = say(writer, random);
  const hostile = paperFrame(random, {
    author: alice,
    seq: 2,
    before: [first.saying],
    content: Uint8Array.of(1, 2, 3),
  });
  writer.lane.apply(null, { short: shortOf(hostile.saying), ...hostile.clock });
  writer.last = hostile;
  const after = say(writer, random);
  const log = take([after, hostile, first]);
  expect(log.voided.map(({ id }) => id)).toContain(hostile.id);
  expect(log.heads.get(alice)).toMatchObject({ seq: 3, saying: after.saying });
});

test('a number that is not the one after what it goes on from is no place', () => {
  const random = seededRandom('numbers');
  const [alice] = NAMES as [string];
  const writer: Writer = { author: alice, lane: new Lane(1), last: null };
  const first = say(writer, random);
  for (const seq of [1, 3, 2 ** 40]) {
    const wrong = paperFrame(random, { author: alice, seq, before: [first.saying], content: NO_UPDATE });
    expect(take([first, wrong]).waiting).toEqual([wrong]);
  }
});
