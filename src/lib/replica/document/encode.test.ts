import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { concat, fromHex, hex, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { FieldValue } from '#lib/record/entry.ts';
import { seededRandom, type SeededRandom } from '../../../../tests/helpers/tools/random.ts';
import { markOf, shortAt } from '../../../../tests/helpers/worlds/voices.ts';
import { encodeLane } from './encode.ts';
import { Lane } from '#lib/replica/lane.ts';
import { decodeLane } from './decode.ts';
import { encodeUpdate, MAX_OVER, type Content } from '#lib/replica/update.ts';

const CLIENTS = [3, 7, 2 ** 52 + 12_345];
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
/** The content of a frame that sets nothing. */
const NOTHING = null;
const KEYS = [`${ID}/name`, `${ID}/comment`, `${ID}/documents=x`, 'BBBBBBBBBBBBBBBBBBBBBA/name'];
const ODD: readonly FieldValue[] = [
  ...[0, -1, 1.5, 2 ** 49, 2 ** 50, 2 ** 53 - 1, -(2 ** 53 - 1), null, true, false, '', 'é\u{1f600}'],
  ...[[], ['a', 'b'], ['']],
];

/** A lane with what Yjs made of the same. */
function spoken(random: SeededRandom, client = random.pick(CLIENTS)): { lane: Lane; doc: Y.Doc } {
  const lane = new Lane(client);
  const doc = new Y.Doc();
  for (let i = 0; i < 40; i++) {
    const time = 1_000 * (i + random.int(5)) - 1_000 * random.int(3);
    if (random.chance(0.1)) lane.apply(NOTHING, markOf(`${i}`, Math.max(0, time)));
    const keys = random.shuffle(KEYS).slice(0, 1 + random.int(3));
    const section = random.pick(['allergies', 'doses']);
    const update = encodeUpdate(
      lane.place(keys.map((key) => ({ section, key, content: [random.pick(ODD), overs(random)] }))),
    );
    lane.apply(update, markOf(`${i}`, Math.max(0, time), random.int(3)));
    Y.applyUpdate(doc, update);
  }
  return { lane, doc };
}

function overs(random: SeededRandom): string[] {
  if (random.chance(0.6)) return [];
  const shorts = [0, 5, 2 ** 32, 2 ** 53 - 1, random.int(100)].map(shortAt);
  return [...new Set(shorts.filter(() => random.chance(0.5)))].sort();
}

const contents = (doc: Y.Doc) =>
  [...doc.share.keys()].sort().map((name) => [name, [...doc.getMap(name).entries()].sort()]);

test('a lane comes back with everything it held, and goes on as Yjs would', () => {
  for (let seed = 0; seed < 60; seed++) {
    const { lane, doc } = spoken(seededRandom(`folded ${seed}`));
    const folded = lane.encode();
    const again = decodeLane(folded, lane.client)!;
    expect(contents(again.doc), `seed ${seed}`).toEqual(contents(doc));
    expect(Y.encodeStateVector(again.doc)).toEqual(Y.encodeStateVector(doc));
    expect(again.frames).toEqual(Array.from({ length: lane.frames }, (_, i) => lane.frame(i)));
    const plain = new Y.Doc();
    Y.applyUpdate(plain, Y.encodeStateAsUpdate(again.doc));
    expect(plain.store.pendingStructs).toBeNull();
    for (const one of [doc, plain, again.doc]) {
      expect(hex(encodeLane(one, lane.client, again.frames)), `seed ${seed}`).toBe(hex(folded));
      one.clientID = 99;
      one.transact(() => {
        for (const key of KEYS) one.getMap('allergies').set(key, ['later', []]);
      });
    }
    expect(contents(again.doc), `seed ${seed}`).toEqual(contents(doc));
  }
});

test('whatever changed bytes still unfold to is a lane, which folds and unfolds to itself', () => {
  const random = seededRandom('mutations');
  const lanes = Array.from({ length: 12 }, () => spoken(random).lane);
  let taken = 0;
  for (let i = 0; i < 600; i++) {
    const lane = random.pick(lanes);
    const changed = lane.encode().slice();
    for (let flips = 1 + random.int(3); flips > 0; flips--)
      changed[random.int(changed.length)]! ^= 1 << random.int(8);
    const other = Lane.open(changed, lane.client);
    if (!other) continue;
    const again = Lane.open(other.encode(), lane.client)!;
    expect(hex(again.encode()), `mutation ${i}`).toBe(hex(other.encode()));
    expect(again.clock).toBe(other.clock);
    const { doc } = decodeLane(changed, lane.client)!;
    const plain = new Y.Doc();
    Y.applyUpdate(plain, Y.encodeStateAsUpdate(doc));
    expect(plain.store.pendingStructs, `mutation ${i}`).toBeNull();
    expect(contents(plain), `mutation ${i}`).toEqual(contents(doc));
    taken++;
  }
  expect(taken).toBeGreaterThan(40);
});

interface Columns {
  shorts: number[];
  frames: number[];
  sections: unknown;
  entries: unknown;
  tags: number[];
  places: number[];
  numbers: number[];
  others: unknown;
  lists: Bytes;
  overs: number[];
}

/** One value, the number 1, under one key. */
const ONE: Columns = {
  shorts: [5],
  frames: [1, 2 * 1_000, 3],
  sections: [['allergies', '/name']],
  entries: [ID],
  tags: [4],
  places: [0, 0],
  numbers: [2],
  others: [],
  lists: new Uint8Array(0),
  overs: [],
};

function bytesOf(change: Partial<Columns>, version = 2): Bytes {
  const {
    shorts,
    frames,
    sections,
    entries,
    tags,
    places,
    numbers,
    others,
    lists,
    overs: over,
  } = {
    ...ONE,
    ...change,
  };
  const varints = (values: readonly number[]) =>
    values.reduce((writer, value) => writer.varint(value), new Writer()).finish();
  const json = (value: unknown) => utf8(typeof value === 'string' ? value : JSON.stringify(value));
  const columns = [
    shorts.reduce((writer, short) => writer.bytes(fromHex(shortAt(short))), new Writer()).finish(),
    ...[varints(frames), json(sections), json(entries), toOwned(Uint8Array.from(tags))],
    ...[varints(places), varints(numbers), json(others), lists, varints(over)],
  ];
  return columns.reduce((writer, column) => writer.lengthPrefixed(column), new Writer().u8(version)).finish();
}

const listOf = (...shorts: number[]) =>
  shorts
    .reduce((writer, short) => writer.bytes(fromHex(shortAt(short))), new Writer().varint(shorts.length))
    .finish();

test('the smallest lanes are what the format says', () => {
  const lane = Lane.open(bytesOf({}), 3)!;
  expect(lane.last('allergies', `${ID}/name`)).toEqual({ clock: 0, content: [1, []] });
  expect(lane.markOf(0)).toEqual({ short: shortAt(5), time: 1_000, counter: 3, clock: 1 });
  expect(lane.encode()).toEqual(bytesOf({}));
  const over = { tags: [12], lists: listOf(1, 2 ** 53 - 1), overs: [0] };
  const content: Content = [1, [1, 2 ** 53 - 1].map(shortAt)];
  expect(Lane.open(bytesOf(over), 3)?.last('allergies', `${ID}/name`)?.content).toEqual(content);
  expect(Lane.open(bytesOf(over), 3)?.encode()).toEqual(bytesOf(over));
  const twice = { frames: [2, 0, 0], tags: [1, 6], places: [0, 0, 2], numbers: [4] };
  expect(Lane.open(bytesOf(twice), 3)?.value('allergies', `${ID}/name`)).toBe(2);
  expect(new Lane(3).encode()).toEqual(
    bytesOf({
      ...{ shorts: [], frames: [], sections: [], entries: [], tags: [], places: [], numbers: [] },
    }),
  );
});

test.each<[string, Bytes]>([
  ['another version', bytesOf({}, 1)],
  ['nothing', new Uint8Array(0)],
  ['more after the end', concat(bytesOf({}), Uint8Array.of(0))],
  ['a value more than was said', bytesOf({ frames: [2, 0, 0] })],
  ['a value less than was said', bytesOf({ frames: [0, 0, 0] })],
  ['endless values of a frame', bytesOf({ frames: [2 ** 53 - 1, 0, 0] })],
  ['a frame without a short id', bytesOf({ shorts: [] })],
  ['a short id without a frame', bytesOf({ shorts: [5, 6] })],
  ['a time below 0', bytesOf({ frames: [1, 1, 0] })],
  ['a time beyond what statements can name', bytesOf({ frames: [1, 2 ** 49, 0] })],
  ['a counter likewise', bytesOf({ frames: [1, 0, 2 ** 16] })],
  ['a section that is not there', bytesOf({ places: [1, 0] })],
  ['an entry that is not there', bytesOf({ places: [0, 2] })],
  ['an entry before the first', bytesOf({ places: [0, 1] })],
  ['an endless key', bytesOf({ sections: [['allergies', '/'.repeat(107)]] })],
  ['a key without a name', bytesOf({ sections: [['allergies', '/']] })],
  ['a name that begins elsewhere', bytesOf({ sections: [['allergies', 'name']] })],
  ['an endless section', bytesOf({ sections: [['s'.repeat(65), '/name']] })],
  ['a section without a name', bytesOf({ sections: [['', '/name']] })],
  [
    'a section twice',
    bytesOf({
      sections: [
        ['allergies', '/name'],
        ['allergies', '/name'],
      ],
    }),
  ],
  ['an entry twice', bytesOf({ entries: [ID, ID] })],
  ['an entry that is cut too early', bytesOf({ entries: ['A'] })],
  ['an entry that is no id', bytesOf({ entries: ['A'.repeat(21) + 'B'] })],
  ['sections of another shape', bytesOf({ sections: ['allergies'] })],
  ['entries of another shape', bytesOf({ entries: { 0: ID } })],
  ['what is not JSON', bytesOf({ entries: '["A"' })],
  ['a value that is not there', bytesOf({ tags: [0], numbers: [] })],
  ['a value of another shape', bytesOf({ tags: [0], numbers: [], others: [{ any: 'AA' }] })],
  ['a value that is a list of numbers', bytesOf({ tags: [0], numbers: [], others: [[1]] })],
  ['a small number that stands elsewhere', bytesOf({ tags: [0], numbers: [], others: [1] })],
  ['a number below 0', bytesOf({ numbers: [1] })],
  ['a number left over', bytesOf({ numbers: [2, 2] })],
  ['a place left over', bytesOf({ places: [0, 0, 0] })],
  ['a value left over', bytesOf({ others: ['x'] })],
  ['a tag with a bit that means nothing', bytesOf({ tags: [20] })],
  ['a value that is replaced and there', bytesOf({ tags: [5] })],
  ['a list that is not there', bytesOf({ tags: [12], overs: [0] })],
  ['a list that does not ascend', bytesOf({ tags: [12], lists: listOf(2, 1), overs: [0] })],
  ['an empty list', bytesOf({ tags: [12], lists: listOf(), overs: [0] })],
  [
    'an endless list',
    bytesOf({ tags: [12], lists: listOf(...Array.from({ length: MAX_OVER + 1 }, (_, i) => i)), overs: [0] }),
  ],
  ['a list left over', bytesOf({ overs: [0] })],
  ['a value in its own place', bytesOf({ tags: [6], places: [0] })],
  ['a value in the place of a later one', bytesOf({ tags: [6], places: [1] })],
  ['a new key twice', bytesOf({ frames: [2, 0, 0], tags: [4, 4], places: [0, 0, 0, 0], numbers: [2, 0] })],
  [
    'a value in the place of one that is still there',
    bytesOf({ frames: [2, 0, 0], tags: [4, 6], places: [0, 0, 2], numbers: [2, 0] }),
  ],
  [
    'two values in one place',
    bytesOf({ frames: [3, 0, 0], tags: [1, 1 | 2, 6], places: [0, 0, 2, 2], numbers: [2] }),
  ],
])('%s does not unfold', (_, bytes) => {
  expect(decodeLane(bytes, 3)).toBeNull();
});

test('as many names as entries cost no more than the values that have them', () => {
  const count = 8_000;
  const index = Array.from({ length: count }, (_, i) => i);
  const lane = Lane.open(
    bytesOf({
      frames: [count, 0, 0],
      sections: index.map((i) => ['allergies', `/${i}`]),
      entries: index.map((i) => `${`${i}`.padStart(21, 'A')}A`),
      tags: index.map(() => 4),
      // Each name has one value, the first at the last entry, the next at the one before…
      places: index.flatMap((i) => [i, i === 0 ? 2 * (count - 1) : 1]),
      numbers: index.map(() => 0),
    }),
    3,
  );
  expect([...lane!.keys('allergies')].length).toBe(count);
});
