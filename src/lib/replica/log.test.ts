import { expect, test } from 'vitest';
import { paperDevice, paperFrame, paperMembers, ZERO } from '../../../tests/helpers/hostile/forge.ts';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { entryId } from '../../../tests/helpers/worlds/replica-world.ts';
import { RecordDocument } from './document.ts';
import type { Frame } from './frames.ts';
import { admit, type Admission } from './log.ts';

const NAMES = ['Alice', 'Bob', 'Claire'].map(paperDevice);
const rule = { members: paperMembers(NAMES), controls: new Map<string, unknown>() };

interface Writer {
  readonly author: string;
  readonly client: number;
  readonly document: RecordDocument;
  head: { seq: number; prev: string };
  readonly seen: Map<string, number>;
}

/** A history as honest devices write it, each seeing some of the others; with `twice`, one uses numbers twice. */
function history(random: SeededRandom, twice = false): Frame[] {
  const writers: Writer[] = NAMES.map((author, i) => ({
    author,
    client: i + 1,
    document: new RecordDocument(),
    head: { seq: 0, prev: ZERO },
    seen: new Map(),
  }));
  const frames: Frame[] = [];
  const copies: Writer[] = [];
  for (let step = 0; step < 20; step++) {
    const writer = random.pick([...writers, ...copies]);
    if (random.chance(0.4)) see(writer, random.pick(writers));
    frames.push(write(writer, random));
    if (twice && step === 7) copies.push(copyOf(writer));
  }
  return frames;
}

function write(writer: Writer, random: SeededRandom): Frame {
  const fields = { name: `allergy ${random.int(1000)}` };
  const id = random.chance(0.3) ? 'AAAAAAAAAAAAAAAAAAAAAA' : entryId(random);
  const content = writer.document.edit(writer.client, [{ type: 'put', section: 'allergies', id, fields }], 1);
  const deps = [...writer.seen].map(([author, seq]) => ({ author, seq, id: ZERO }));
  const { author, head } = writer;
  const clock = { time: random.int(2 ** 30), counter: 0 };
  const frame = paperFrame({ author, seq: head.seq + 1, before: head.prev, content, deps, clock });
  writer.head = { seq: frame.seq, prev: frame.saying };
  return frame;
}

function see(writer: Writer, other: Writer): void {
  if (writer.author === other.author) return;
  for (const [author, seq] of [...other.seen, [other.author, other.head.seq] as const])
    if (author !== writer.author && seq > (writer.seen.get(author) ?? 0)) writer.seen.set(author, seq);
  writer.document.add([other.document.state()]);
}

function copyOf(writer: Writer): Writer {
  const document = new RecordDocument();
  document.add([writer.document.state()]);
  return { ...writer, document, head: { ...writer.head }, seen: new Map(writer.seen) };
}

function outcome({ chains, admitted, duplicates }: Admission): string {
  const document = new RecordDocument();
  document.apply(admitted.map(({ content }) => content));
  const frames = admitted.map(({ id }) => id).sort();
  return JSON.stringify([[...chains].sort(), frames, [...document.values()], duplicates]);
}

test('whatever order the frames come in, the same ones count and make the same record', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(`order ${seed}`);
    const frames = history(random, seed % 2 === 1);
    const expected = outcome(admit(frames, rule, new Map()));
    for (let i = 0; i < 5; i++)
      expect(outcome(admit(random.shuffle(frames), rule, new Map()))).toBe(expected);
  }
});

test('taken in bit by bit, a history comes to what it comes to at once', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(`growth ${seed}`);
    const frames = history(random);
    const whole = admit(frames, rule, new Map());
    expect(whole.admitted).toHaveLength(frames.length);
    const left = random.shuffle(frames);
    let chains: Admission['chains'] = new Map();
    let waiting: readonly Frame[] = [];
    const admitted: Frame[] = [];
    while (left.length > 0) {
      const step = admit([...waiting, ...left.splice(0, 1 + random.int(5))], rule, chains);
      ({ chains, waiting } = step);
      admitted.push(...step.admitted);
    }
    expect(outcome({ ...whole, chains, admitted })).toBe(outcome(whole));
  }
});

test('nothing counts before what it builds on, and nothing is lost by waiting', () => {
  const [alice = ''] = NAMES;
  const document = new RecordDocument();
  const put = (name: string) =>
    document.edit(
      1,
      [{ type: 'put', section: 'allergies', id: 'AAAAAAAAAAAAAAAAAAAAAA', fields: { name } }],
      1,
    );
  const first = paperFrame({ author: alice, seq: 1, before: ZERO, content: put('Pollen') });
  const second = paperFrame({ author: alice, seq: 2, before: first.saying, content: put('Latex') });
  const third = paperFrame({ author: alice, seq: 3, before: second.saying, content: put('Iode') });
  const early = admit([third, first], rule, new Map());
  expect(early.admitted).toEqual([first]);
  expect(early.waiting).toEqual([third]);
  const late = admit([...early.waiting, second], rule, early.chains);
  expect(late.admitted).toEqual([second, third]);
});

test('of two sayings with one number the smaller counts and what follows it, and it is told', () => {
  const [alice = ''] = NAMES;
  const pair = [1, 2].map((time) =>
    paperFrame({ author: alice, seq: 1, before: ZERO, clock: { time, counter: 0 } }),
  );
  const after = pair.map(({ saying }) => paperFrame({ author: alice, seq: 2, before: saying }));
  const smaller = pair[0]!.saying < pair[1]!.saying ? 0 : 1;
  const result = admit([...pair, ...after], rule, new Map());
  expect(result.admitted).toEqual([pair[smaller], after[smaller]]);
  expect(result.duplicates).toEqual([1, 2].map((seq) => ({ author: alice, seq })));
});

test('one saying in two frames is one: whichever came, the same counts, and it is no second use of the number', () => {
  const [alice = ''] = NAMES;
  const draft = { author: alice, seq: 1, before: ZERO };
  const [old, resealed] = [paperFrame(draft, 0), paperFrame(draft, 1)];
  const after = paperFrame({ author: alice, seq: 2, before: old.saying });
  for (const frames of [
    [old, after],
    [resealed, after],
    [resealed, old, after],
  ]) {
    const result = admit(frames, rule, new Map());
    expect(result.admitted.map(({ saying }) => saying)).toEqual([old.saying, after.saying]);
    expect(result.duplicates).toEqual([]);
  }
});

test('a pin decides which of two chains counts, and where it ends', () => {
  const [alice = ''] = NAMES;
  const chain = (time: number) => {
    const frames: Frame[] = [];
    for (let seq = 1; seq <= 3; seq++)
      frames.push(
        paperFrame({
          author: alice,
          seq,
          before: frames.at(-1)?.saying ?? ZERO,
          clock: { time, counter: 0 },
        }),
      );
    return frames;
  };
  const [one, other] = [chain(1), chain(2)];
  for (const [pinned, void_] of [
    [one, other],
    [other, one],
  ] as const) {
    const pin = { seq: 2, id: pinned[1]!.saying };
    const members = paperMembers(NAMES, { [alice]: pin });
    const result = admit([...one, ...other], { ...rule, members }, new Map());
    expect(result.admitted).toEqual(pinned.slice(0, 2));
    expect(result.admitted).not.toContain(void_[0]);
  }
});
