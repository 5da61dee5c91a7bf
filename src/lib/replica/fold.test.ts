import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { concat, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { seededRandom, type SeededRandom } from '../../../tests/helpers/tools/random.ts';
import { fold } from './fold.ts';
import { unfold } from './unfold.ts';

const CLIENTS = [3, 7, 2 ** 52 + 12_345];
const KEYS = ['AAAAAAAAAAAAAAAAAAAAAA/name', 'AAAAAAAAAAAAAAAAAAAAAA/comment', 'short', ''];
const ODD: readonly unknown[] = [
  ...[0, -0, -1, 1.5, 2 ** 50, 2 ** 53 - 1, NaN, Infinity, 12n, undefined, null, true, '', 'é\u{1f600}'],
  ...[[], ['a', 'b'], ['a', 1], [[]], {}, { any: 'AA' }, { any: { any: 1 } }, [new Uint8Array([1, 2, 3])]],
];

/** Documents that edit apart, lose and repeat what they tell each other, and in the end hold the same. */
function meeting(random: SeededRandom): Y.Doc[] {
  const docs = CLIENTS.map((client) => {
    const doc = new Y.Doc();
    doc.clientID = client;
    return doc;
  });
  for (let i = 0; i < 60; i++) {
    const doc = random.pick(docs);
    doc.transact(() => {
      for (let values = 1 + random.int(3); values > 0; values--)
        doc.getMap(random.pick(['allergies', 'doses'])).set(random.pick(KEYS), random.pick(ODD));
      if (random.chance(0.1)) doc.getMap('allergies').delete(random.pick(KEYS));
    });
    if (random.chance(0.3)) Y.applyUpdate(random.pick(docs), Y.encodeStateAsUpdate(doc));
  }
  const all = docs.map((doc) => Y.encodeStateAsUpdate(doc));
  for (const doc of docs) for (const update of all) Y.applyUpdate(doc, update);
  return docs;
}

const contents = (doc: Y.Doc) =>
  [...doc.share.keys()].sort().map((name) => [name, Object.entries(doc.getMap(name).toJSON()).sort()]);

function reopened(doc: Y.Doc): Y.Doc {
  const again = unfold(fold(doc));
  if (!again) throw new Error('refused');
  return again;
}

test('a document comes back with everything it held, odd values too, and goes on as Yjs would', () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seededRandom(`folded ${seed}`);
    const [doc] = meeting(random);
    const again = reopened(doc!);
    expect(contents(again), `seed ${seed}`).toEqual(contents(doc!));
    expect(Y.encodeStateVector(again)).toEqual(Y.encodeStateVector(doc!));
    const plain = new Y.Doc();
    Y.applyUpdate(plain, Y.encodeStateAsUpdate(again));
    expect(contents(plain), `seed ${seed}`).toEqual(contents(doc!));
    expect(fold(plain), `seed ${seed}`).toEqual(fold(doc!));
    for (const one of [doc!, again]) {
      one.clientID = 99;
      one.transact(() => {
        for (const key of KEYS) one.getMap('allergies').set(key, 'later');
      });
    }
    expect(fold(again), `seed ${seed}`).toEqual(fold(doc!));
  }
});

test('documents that hold the same fold to the same bytes, in whatever order it came to them', () => {
  for (let seed = 0; seed < 150; seed++) {
    const docs = meeting(seededRandom(`spelling ${seed}`));
    const [first, ...others] = docs.map(fold);
    for (const other of others) expect(other, `seed ${seed}`).toEqual(first);
    expect(fold(reopened(docs[0]!)), `seed ${seed}`).toEqual(first);
  }
});

test('what is told of a document later is taken in by one that was unfolded as by any other', () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = seededRandom(`later ${seed}`);
    const told: Uint8Array[] = [];
    const doc = new Y.Doc();
    doc.on('update', (update: Uint8Array) => told.push(update));
    for (const other of [meeting(random), meeting(random)])
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other[0]!));
    const [early, late] = [told.slice(0, 1), told.slice(1)];
    const half = new Y.Doc();
    for (const update of early) Y.applyUpdate(half, update);
    const again = reopened(half);
    for (const update of late) Y.applyUpdate(again, update);
    expect(fold(again), `seed ${seed}`).toEqual(fold(doc));
  }
});

test('whatever changed bytes still unfold to is complete, and to Yjs the same', () => {
  const random = seededRandom('mutations');
  let taken = 0;
  for (let i = 0; i < 800; i++) {
    const folded = fold(meeting(random)[0]!);
    const changed = folded.slice();
    for (let flips = 1 + random.int(3); flips > 0; flips--)
      changed[random.int(changed.length)]! ^= 1 << random.int(8);
    const doc = unfold(changed);
    if (!doc) continue;
    const plain = new Y.Doc();
    Y.applyUpdate(plain, Y.encodeStateAsUpdate(doc));
    expect(plain.store.pendingStructs, `mutation ${i}`).toBeNull();
    expect(contents(plain), `mutation ${i}`).toEqual(contents(doc));
    expect(fold(plain), `mutation ${i}`).toEqual(fold(doc));
    taken++;
  }
  expect(taken).toBeGreaterThan(100);
});

interface Columns {
  clients: [client: number, count: number][];
  sections: unknown;
  entries: unknown;
  tags: number[];
  places: number[];
  numbers: number[];
  others: unknown;
}

/** One value, the number 1, under one key. */
const ONE: Columns = {
  clients: [[3, 1]],
  sections: [['allergies', '/name']],
  entries: ['AAAAAAAAAAAAAAAAAAAAAA'],
  tags: [8],
  places: [0, 0],
  numbers: [2],
  others: [],
};

function bytesOf(change: Partial<Columns>, version = 1): Bytes {
  const { clients, sections, entries, tags, places, numbers, others } = { ...ONE, ...change };
  const varints = (values: readonly number[]) =>
    values.reduce((writer, value) => writer.varint(value), new Writer()).finish();
  const json = (value: unknown) => utf8(typeof value === 'string' ? value : JSON.stringify(value));
  const columns = [varints(clients.flat()), json(sections), json(entries), toOwned(Uint8Array.from(tags))];
  const rest = [varints(places), varints(numbers), json(others)];
  const writer = new Writer().u8(version);
  for (const column of [...columns, ...rest]) writer.lengthPrefixed(column);
  return writer.finish();
}

test('the smallest state is what the format says', () => {
  const doc = unfold(bytesOf({}));
  expect(doc && contents(doc)).toEqual([['allergies', [['AAAAAAAAAAAAAAAAAAAAAA/name', 1]]]]);
  expect(fold(doc!)).toEqual(bytesOf({}));
  expect(fold(new Y.Doc())).toEqual(
    bytesOf({ clients: [], sections: [], entries: [], tags: [], places: [], numbers: [] }),
  );
});

test.each<[string, Bytes]>([
  ['another version', bytesOf({}, 2)],
  ['nothing', new Uint8Array(0)],
  ['more after the end', concat(bytesOf({}), Uint8Array.of(0))],
  ['a value more than was said', bytesOf({ clients: [[3, 2]] })],
  ['endless values of a client', bytesOf({ clients: [[3, 2 ** 53 - 1]] })],
  [
    'a client twice',
    bytesOf({
      clients: [
        [3, 1],
        [3, 1],
      ],
      tags: [8, 8],
      places: [0, 0, 0, 0],
      numbers: [2, 0],
    }),
  ],
  [
    'a client without values',
    bytesOf({
      clients: [
        [2, 0],
        [3, 1],
      ],
    }),
  ],
  ['a section that is not there', bytesOf({ places: [1, 0] })],
  ['an entry that is not there', bytesOf({ places: [0, 1] })],
  ['an endless key', bytesOf({ sections: [['allergies', '/'.repeat(107)]] })],
  ['an endless section', bytesOf({ sections: [['s'.repeat(65), '/name']] })],
  [
    'a section twice',
    bytesOf({
      sections: [
        ['allergies', '/name'],
        ['allergies', '/name'],
      ],
    }),
  ],
  ['an entry twice', bytesOf({ entries: ['AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAA'] })],
  ['a key cut too early', bytesOf({ entries: ['A'] })],
  [
    'a key cut too late',
    bytesOf({ entries: ['AAAAAAAAAAAAAAAAAAAAAA/'], sections: [['allergies', 'name']] }),
  ],
  ['sections of another shape', bytesOf({ sections: ['allergies'] })],
  ['entries of another shape', bytesOf({ entries: { 0: 'A' } })],
  ['what is not JSON', bytesOf({ entries: '["A"' })],
  ['a value that is not there', bytesOf({ tags: [0], numbers: [] })],
  ['a value of another shape', bytesOf({ tags: [0], numbers: [], others: [{ some: 'AA' }] })],
  ['a value that lib0 refuses', bytesOf({ tags: [0], numbers: [], others: [{ any: 'AA' }] })],
  ['a number below 0', bytesOf({ numbers: [1] })],
  ['a number left over', bytesOf({ numbers: [2, 2] })],
  ['a value in its own place', bytesOf({ tags: [8 | 2], places: [0] })],
  ['a value in the place of a later one', bytesOf({ tags: [8 | 2], places: [1] })],
  ['a value of a client that is not there', bytesOf({ tags: [8 | 2 | 4], places: [1, 0] })],
  [
    'values that wait for each other',
    bytesOf({
      clients: [
        [3, 2],
        [4, 2],
      ],
      tags: [14, 8, 14, 8],
      places: [1, 1, 0, 0, 0, 1, 0, 0],
      numbers: [2, 0, 0, 0],
    }),
  ],
  [
    'values in the place of each other',
    bytesOf({
      clients: [
        [3, 1],
        [4, 1],
      ],
      tags: [8 | 2 | 4, 8 | 2 | 4],
      places: [1, 0, 0, 0],
      numbers: [2, 0],
    }),
  ],
])('%s does not unfold', (_, bytes) => {
  expect(unfold(bytes)).toBeNull();
});

test('many values in one place are put in order in no time that grows with their square', () => {
  const count = 200_000;
  const doc = unfold(
    bytesOf({
      clients: [[3, count]],
      tags: Array.from({ length: count }, () => 8),
      places: Array.from({ length: 2 * count }, () => 0),
      numbers: Array.from({ length: count }, (_, i) => (i === 0 ? 0 : 2)),
    }),
  );
  // Of one client's values in one place Yjs puts the latest first: the one that stands is the first it made.
  expect(doc && contents(doc)).toEqual([['allergies', [['AAAAAAAAAAAAAAAAAAAAAA/name', 0]]]]);
});

test('as many names as entries cost no more than the values that have them', () => {
  const count = 20_000;
  const index = Array.from({ length: count }, (_, i) => i);
  const doc = unfold(
    bytesOf({
      clients: [[3, count]],
      sections: index.map((i) => ['allergies', `/${i}`]),
      entries: index.map((i) => `${i}`.padStart(22, 'A')),
      tags: index.map(() => 8),
      // Each name has one value, the first at the last entry, the next at the one before…
      places: index.flatMap((i) => [i, i === 0 ? 2 * (count - 1) : 1]),
      numbers: index.map(() => 0),
    }),
  );
  expect(doc?.getMap('allergies').size).toBe(count);
});
