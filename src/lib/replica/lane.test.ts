import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { markOf, shortAt } from '../../../tests/helpers/worlds/voices.ts';
import { MAX_STATE_VALUES } from './document/format.ts';
import { inspect } from './gate.ts';
import { Lane, shortOf } from './lane.ts';
import { encodeUpdate, NO_UPDATE, readUpdate, type Content, type Place } from './update.ts';

const PHONE = 2 ** 52 + 12_345;
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
/** The content of a frame that sets nothing. */
const NOTHING = null;

const place = fc.record({
  section: fc.constantFrom('allergies', 'measures', '__proto__'),
  key: fc
    .constantFrom('name', 'comment', '@updated', '__proto__', 'documents=x')
    .map((name) => `${ID}/${name}`),
});
const short = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).map(shortAt);
const value: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.constantFrom(null, true, false, '', 'é\u{1f600}', 0, -1, 1.5, 2 ** 31, 2 ** 50, -(2 ** 53 - 1)),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number || 0),
  fc.array(fc.constantFrom('a', '', 'b'), { maxLength: 3 }),
);
const over = fc.uniqueArray(short, { maxLength: 3 }).map((list) => list.sort());
const content: fc.Arbitrary<Content> = fc.tuple(value, over);

type Set = Place & { readonly content: Content };

/** What one frame sets, each key once. */
const frame = fc.uniqueArray(
  fc.tuple(place, content).map(([where, what]): Set => ({ ...where, content: what })),
  { maxLength: 6, selector: ({ section, key }) => `${section} ${key}` },
);
const frames = fc.array(frame, { maxLength: 12 });

/** What Yjs makes of the same, less what it says of deletions: that the value before is gone goes without saying. */
function byYjs(doc: Y.Doc, sets: readonly Set[]): Bytes {
  let update: Uint8Array = NO_UPDATE;
  const keep = (made: Uint8Array) => (update = made);
  doc.on('update', keep);
  doc.transact(() => {
    for (const { section, key, content: what } of sets) doc.getMap(section).set(key, what);
  });
  doc.off('update', keep);
  return concat(update.subarray(0, update.length - deletionsOf(update).length), Uint8Array.of(0));
}

/** The end of an update: what it says of deletions, of one client here. */
function deletionsOf(update: Uint8Array): Bytes {
  const writer = new Writer();
  const clients = [...Y.decodeUpdate(update).ds.clients];
  writer.varint(clients.length);
  for (const [client, ranges] of clients) {
    writer.varint(client).varint(ranges.length);
    for (const { clock, len } of ranges) writer.varint(clock).varint(len);
  }
  return writer.finish();
}

const contents = (doc: Y.Doc) =>
  ['__proto__', 'allergies', 'measures'].map((name) => [...doc.getMap(name).entries()].sort());

test('an update is byte for byte what Yjs makes of the same values, less its deletions, and Yjs takes it for the same', () => {
  fc.assert(
    fc.property(frames, (list) => {
      const lane = new Lane(PHONE);
      const [doc, other] = [new Y.Doc(), new Y.Doc()];
      doc.clientID = PHONE;
      for (const [i, sets] of list.entries()) {
        const update = encodeUpdate(lane.place(sets));
        expect(hex(update)).toBe(hex(byYjs(doc, sets)));
        expect(lane.apply(update, markOf(`${i}`, i))).toBe(true);
        Y.applyUpdate(other, update);
      }
      expect(contents(other)).toEqual(contents(doc));
      expect(Y.encodeStateVector(other)).toEqual(Y.encodeStateVector(doc));
      expect(other.store.pendingStructs).toBeNull();
      for (const name of ['__proto__', 'allergies', 'measures'])
        for (const [key, what] of doc.getMap(name).entries())
          expect(lane.last(name, key)?.content).toEqual(what);
    }),
  );
});

test('what an update says is read as it was said', () => {
  fc.assert(
    fc.property(frame, (sets) => {
      const said = new Lane(PHONE).place(sets);
      const read = readUpdate(encodeUpdate(said));
      expect(read?.values).toEqual(said.values);
      if (sets.length > 0) expect(read).toEqual(said);
    }),
  );
});

test('a lane that was folded and opened holds what it held, folds to the same bytes and goes on alike', () => {
  fc.assert(
    fc.property(frames, frames, (before, after) => {
      const lane = laneOf(before);
      const folded = lane.encode();
      const again = Lane.open(folded, PHONE)!;
      expect(hex(again.encode())).toBe(hex(folded));
      expect(saysOf(again)).toEqual(saysOf(lane));
      for (const [i, sets] of after.entries()) {
        const update = encodeUpdate(lane.place(sets));
        for (const one of [lane, again]) expect(one.apply(update, markOf(`after ${i}`, i))).toBe(true);
      }
      expect(hex(again.encode())).toBe(hex(lane.encode()));
    }),
  );
});

test('a lane cut to its first frames is the lane that was made of them, but for what was replaced since', () => {
  fc.assert(
    fc.property(frames, fc.nat(12), (list, to) => {
      const count = Math.min(to, list.length);
      const [lane, first] = [laneOf(list), laneOf(list.slice(0, count))];
      const cut = lane.cut(count);
      expect([cut.clock, cut.frames]).toEqual([first.clock, count]);
      for (const { section, key } of list.flat()) {
        const [was, is, now] = [first, cut, lane].map((one) => one.last(section, key));
        expect(is?.clock).toBe(was?.clock);
        expect(is?.content).toEqual(was && now?.clock === was.clock ? was.content : undefined);
      }
      for (let i = 0; i <= count; i++) expect(cut.frame(i)).toEqual(first.frame(i));
      // The branch goes on where it was cut, as one that was never more.
      const sets = list
        .flat()
        .filter(
          ({ section, key }, i, all) =>
            all.findIndex((one) => one.section === section && one.key === key) === i,
        );
      const next = encodeUpdate(first.place(sets));
      expect(cut.apply(next, markOf('next', 99))).toBe(true);
    }),
  );
});

test('a lane knows which frame set a value, and takes the mark of one that sets nothing', () => {
  const lane = new Lane(PHONE);
  const set = (name: string): Bytes =>
    encodeUpdate(lane.place([{ section: 'allergies', key: `${ID}/${name}`, content: [name, []] }]));
  expect(lane.apply(NOTHING, markOf('heads', 1))).toBe(true);
  expect(lane.apply(set('name'), markOf('name', 2, 3))).toBe(true);
  expect(lane.apply(NO_UPDATE, markOf('nothing', 4))).toBe(true);
  expect(lane.apply(set('comment'), markOf('comment', 5))).toBe(true);
  expect([lane.clock, lane.frames]).toEqual([2, 4]);
  expect(lane.markOf(0)).toMatchObject(markOf('name', 2, 3));
  expect(lane.markOf(1)).toMatchObject(markOf('comment', 5));
  expect(lane.frameAt(markOf('nothing', 0).short)).toBe(2);
  expect(lane.frameAt(shortAt(1))).toBeUndefined();
});

test('a lane says what its frames said, folded or not, and at no other place and in no other words', () => {
  fc.assert(
    fc.property(frames, frame, fc.nat(), (list, other, at) => {
      const lane = new Lane(PHONE);
      const updates = list.map((sets, i) => {
        const update = encodeUpdate(lane.place(sets));
        lane.apply(update, markOf(`${i}`, i));
        return update;
      });
      const again = Lane.open(lane.encode(), PHONE)!;
      for (const one of [lane, again])
        for (const [i, update] of updates.entries()) expect(one.says(update, i)).toBe(true);
      if (list.length === 0) return;
      const index = at % list.length;
      const before = laneOf(list.slice(0, index));
      const update = encodeUpdate(before.place(other));
      const isAlike =
        other.length === list[index]!.length &&
        other.every(({ section, key, content: what }, i) => {
          const said = list[index]![i]!;
          const last = lane.last(section, key);
          const isReplaced = last?.clock !== before.clock + i;
          return (
            said.section === section &&
            said.key === key &&
            (isReplaced || JSON.stringify(said.content) === JSON.stringify(what))
          );
        });
      for (const one of [lane, again]) expect(one.says(update, index)).toBe(isAlike);
    }),
  );
});

test('a lane does not say the same words at another place, nor other words at the same', () => {
  const lane = new Lane(PHONE);
  const set = (key: string, what: string, section = 'allergies', lists: readonly string[] = []) =>
    encodeUpdate({
      client: PHONE,
      clock: 0,
      values: [{ section, key, content: [what, lists], after: null }],
    });
  const after = (clock: number) =>
    encodeUpdate({ client: PHONE, clock: 1, values: [{ content: ['Latex', []], after: clock }] });
  const name = `${ID}/name`;
  expect(lane.apply(set(name, 'Pollen'), markOf('first', 1))).toBe(true);
  for (const [update, isSaid] of [
    [set(name, 'Pollen'), true],
    [set(name, 'Latex'), false],
    [set(name, 'Pollen', 'allergies', [shortAt(1)]), false],
    [set(name, 'Pollen', 'measures'), false],
    [set(`${ID}/comment`, 'Pollen'), false],
    [NO_UPDATE, false],
    [after(0), false],
  ] as const)
    expect(lane.says(update, 0)).toBe(isSaid);
  expect(lane.apply(after(0), markOf('second', 2))).toBe(true);
  // What was replaced is gone, its place is not.
  expect(lane.says(set(name, 'Latex'), 0)).toBe(true);
  expect(lane.says(set(`${ID}/comment`, 'Pollen'), 0)).toBe(false);
  expect([after(0), after(1)].map((update) => lane.says(update, 1))).toEqual([true, false]);
  expect(lane.says(after(0), 2)).toBe(false);
});

test('a lane takes no more values than it opens again with', () => {
  // As after many years: the frames say so, what they set was replaced.
  const full = { short: shortAt(1), time: 1, counter: 0, clock: MAX_STATE_VALUES - 1 };
  const lane = new Lane(PHONE, new Y.Doc(), [full]);
  const set = (...names: string[]) =>
    encodeUpdate({
      client: PHONE,
      clock: full.clock,
      values: names.map((name) => ({
        section: 'allergies',
        key: `${ID}/${name}`,
        content: ['Pollen', []],
        after: null,
      })),
    });
  expect(lane.settle(set('name', 'comment'))).toBeNull();
  expect(inspect(set('name', 'comment'), lane)).toBe('void');
  expect(lane.apply(set('name', 'comment'), markOf('too many', 2))).toBe(false);
  expect(inspect(set('name'), lane)).toBe('good');
});

test('a short id is the first 128 bits of a saying: what parts later only is one', () => {
  const saying = (start: string) => start.padEnd(64, '0');
  expect(shortOf(saying('ab'))).toBe('ab'.padEnd(32, '0'));
  expect(shortOf(saying('1'.padStart(32, '0')))).not.toBe(shortOf(saying('')));
  expect(shortOf(saying('1'.padStart(33, '0')))).toBe(shortOf(saying('')));
});

function laneOf(list: readonly (readonly Set[])[]): Lane {
  const lane = new Lane(PHONE);
  for (const [i, sets] of list.entries())
    if (!lane.apply(encodeUpdate(lane.place(sets)), markOf(`${i}`, i * 1_000, i % 3)))
      throw new Error('refused');
  return lane;
}

function saysOf(lane: Lane): unknown {
  return ['__proto__', 'allergies', 'measures'].map((section) =>
    [...lane.keys(section)].sort().map((key) => {
      const last = lane.last(section, key)!;
      return [section, key, last, lane.markOf(last.clock)];
    }),
  );
}
