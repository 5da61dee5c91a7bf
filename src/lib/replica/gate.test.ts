import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { concat, equal, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Edit, FieldValue } from '#lib/record/entry.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { entryId } from '../../../tests/helpers/worlds/replica-world.ts';
import { markOf, saidBy, shortAt, take, Voice, wordsOf } from '../../../tests/helpers/worlds/voices.ts';
import { inspect, MAX_UPDATE } from './gate.ts';
import { Lane } from './lane.ts';
import { encodeUpdate, MAX_OVER, MAX_VALUES, NO_UPDATE, readUpdate, type Placed } from './update.ts';

const ALICE = 7;
const BOB = 8;
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const NAME = `${ID}/name`;

/** What Yjs itself writes of a document. */
function written(make: (doc: Y.Doc) => void, client = ALICE): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.transact(() => {
    make(doc);
  });
  return toOwned(Y.encodeStateAsUpdate(doc));
}

const setting = (content: unknown, key = NAME, section = 'allergies', client = ALICE): Bytes =>
  written((doc) => doc.getMap(section).set(key, content), client);

const first = (key: string, value: FieldValue, over: readonly string[] = []): Placed => ({
  ...{ section: 'allergies', key, content: [value, over], after: null },
});
const after = (clock: number, value: FieldValue): Placed => ({ content: [value, []], after: clock });
const update = (clock: number, values: readonly Placed[], client = ALICE): Bytes =>
  encodeUpdate({ client, clock, values });

/** Alice's lane after two frames: name (0), comment (1), and the name again (2). */
function aliceLane(): Lane {
  const lane = new Lane(ALICE);
  lane.apply(update(0, [first(NAME, 'Pollen'), first(`${ID}/comment`, 'léger')]), markOf('first', 1));
  lane.apply(update(2, [after(0, 'Latex')]), markOf('second', 2));
  return lane;
}

/** The gate's answer, and that a lane which is asked to take it all the same takes it only if it is good. */
function judge(bytes: Bytes, lane = new Lane(ALICE)): 'good' | 'void' {
  const answer = inspect(bytes, lane);
  const before = [lane.encode(), lane.frames] as const;
  if (answer === 'void' && readUpdate(bytes) === null) {
    expect(lane.apply(bytes, markOf('void', 9))).toBe(false);
    expect([lane.encode(), lane.frames]).toEqual(before);
  }
  return answer;
}

test('every edit of a document is good, and takes the next clocks', () => {
  const random = seededRandom('gate');
  const [alice, bob] = [new Voice('alice', ALICE), new Voice('bob', BOB)];
  for (let i = 0; i < 200; i++) {
    const voice = random.pick([alice, bob]);
    const id = random.chance(0.5) ? ID : entryId(random);
    const type = voice.document.has('allergies', id)
      ? random.pick(['put', 'delete', 'restore'] as const)
      : 'put';
    const fields = { name: `n${random.int(9)}`, comment: random.chance(0.5) ? null : 'c' };
    const lane = voice.document.lanes.get(voice.name)!;
    const clock = lane.clock;
    const { update: said } = voice.say(
      [type === 'put' ? { type, section: 'allergies', id, fields } : { type, section: 'allergies', id }],
      i,
    );
    expect(readUpdate(said!)).toMatchObject({ client: voice.client, clock });
    expect(lane.clock).toBe(clock + readUpdate(said!)!.values.length);
    if (random.chance(0.3)) voice.hear(alice, bob);
  }
});

test('finding 6: thirteen bytes that delete what another wrote are void', () => {
  const bob = new Voice('bob', BOB);
  bob.say([{ type: 'put', section: 'allergies', id: ID, fields: { name: 'Pollen' } }], 1);
  // No values; of Bob's client everything from clock 0 on is deleted.
  const deletion = (client: number) => Uint8Array.of(0, 1, client, 1, 0, 4);
  for (const client of [ALICE, BOB]) {
    expect(judge(deletion(client))).toBe('void');
    expect(judge(deletion(client), aliceLane())).toBe('void');
  }
  const own = update(3, [after(2, 'x')]);
  expect(judge(own, aliceLane())).toBe('good');
  for (const client of [ALICE, BOB])
    expect(judge(concat(own.subarray(0, -1), deletion(client).subarray(1)), aliceLane())).toBe('void');
  // Thirteen bytes, as it was found: a client id of full length.
  const long = Uint8Array.of(0, 1, 0xb9, 0xe0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x08, 1, 0, 4);
  expect(judge(long, aliceLane())).toBe('void');
});

test.each<[string, Bytes]>([
  ['text', written((doc) => doc.getText('allergies').insert(0, 'hello'))],
  ['formatted text', written((doc) => doc.getText('allergies').insert(0, 'hello', { bold: true }))],
  ['embedded text', written((doc) => doc.getText('allergies').insertEmbed(0, { a: 1 }))],
  ['a sequence', written((doc) => doc.getArray('allergies').push([['x', []]]))],
  ['XML', written((doc) => doc.getXmlFragment('allergies').insert(0, [new Y.XmlElement('p')]))],
  ['a nested map', setting(new Y.Map([['a', 1]]))],
  ['a subdocument', setting(new Y.Doc())],
  ['raw bytes', setting(new Uint8Array(9))],
  ['a value alone', setting('Pollen')],
  ['a value and nothing', setting(['Pollen'])],
  ['a value and more', setting(['Pollen', [], 1])],
  ['an object', setting({ 0: 'Pollen', 1: [], length: 2 })],
  ['an object as the value', setting([{ a: 1 }, []])],
  ['an object that poisons', setting([JSON.parse('{"__proto__": {"polluted": true}}'), []])],
  ['a list of numbers as the value', setting([[1], []])],
  ['no number', setting([NaN, []])],
  ['an endless number', setting([Infinity, []])],
  ['the other zero', setting([-0, []])],
  ['a big number', setting([12n, []])],
  ['nothing as the value', setting([undefined, []])],
  ['over what is no list', setting(['Pollen', 1])],
  ['over a number', setting(['Pollen', [1]])],
  ['over too short an id', setting(['Pollen', [shortAt(1).slice(1)]])],
  ['over too long an id', setting(['Pollen', [`${shortAt(1)}0`]])],
  ['over another spelling', setting(['Pollen', [shortAt(10).toUpperCase()]])],
  ['over what does not ascend', setting(['Pollen', [2, 1].map(shortAt)])],
  ['over one twice', setting(['Pollen', [1, 1].map(shortAt)])],
  ['over too many', setting(['Pollen', Array.from({ length: MAX_OVER + 1 }, (_, i) => shortAt(i))])],
  ['an endless key', setting(['x', []], `${ID}/${'k'.repeat(106)}`)],
  ['an endless section', setting(['x', []], NAME, 's'.repeat(65))],
  ['a section without a name', setting(['x', []], NAME, '')],
  ['a key without an entry', setting(['x', []], 'name')],
  ['a key without a name', setting(['x', []], `${ID}/`)],
  ['a key that is an entry', setting(['x', []], ID)],
  ['a poisoned key', setting(['x', []], '__proto__')],
  ['another client', setting(['x', []], NAME, 'allergies', BOB)],
  ['too much', setting(['x'.repeat(MAX_UPDATE), []])],
  ['bytes that are no update', Uint8Array.of(1, 255, 255, 255, 255, 255, 15, 7, 0)],
  ['nothing', new Uint8Array(0)],
  ['bytes behind', concat(setting(['x', []]), Uint8Array.of(0))],
  ['a gap', concat(Uint8Array.of(1, 1, ALICE, 0, 10, 1), Uint8Array.of(0))],
  ['a struct that was collected', concat(Uint8Array.of(1, 1, ALICE, 0, 0, 1), Uint8Array.of(0))],
  ['no structs of a client', Uint8Array.of(1, 0, ALICE, 0, 0)],
  ['a count in two bytes where one does', concat(Uint8Array.of(1, 0x81, 0), setting(['x', []]).subarray(2))],
])('%s is void', (_, bytes) => {
  expect(judge(bytes)).toBe('void');
});

test('what Yjs itself would write of one value is good, as are the largest that are allowed', () => {
  expect(judge(NO_UPDATE)).toBe('good');
  expect(judge(setting(['Pollen', []]))).toBe('good');
  expect(judge(setting([['a', 'b'], [1, 2].map(shortAt)]))).toBe('good');
  expect(judge(setting(['x', Array.from({ length: MAX_OVER }, (_, i) => shortAt(i))]))).toBe('good');
  expect(judge(setting(['x', []], `${ID}/${'k'.repeat(105)}`, 's'.repeat(64)))).toBe('good');
});

test('one update sets so many values and no more', () => {
  const lane = new Lane(ALICE);
  const keys = Array.from({ length: MAX_VALUES + 1 }, (_, i) => `${ID}/${i}`);
  for (let from = 0; from < keys.length; from += 4_000) {
    const values = keys.slice(from, from + 4_000).map((key) => first(key, 1));
    expect(lane.apply(update(from, values), markOf(`${from}`, from))).toBe(true);
  }
  const again = (count: number) =>
    update(
      keys.length,
      Array.from({ length: count }, (_, clock) => after(clock, 2)),
    );
  expect(again(MAX_VALUES + 1).length).toBeLessThan(MAX_UPDATE);
  expect(judge(again(MAX_VALUES), lane)).toBe('good');
  expect(judge(again(MAX_VALUES + 1), lane)).toBe('void');
});

test('an update begins with the next clock of its lane, neither before nor behind', () => {
  for (const clock of [0, 1, 2, 4, 100, Number.MAX_SAFE_INTEGER - 1]) {
    expect(judge(update(clock, [first(`${ID}/severity`, 1)]), aliceLane())).toBe('void');
    expect(aliceLane().apply(update(clock, [first(`${ID}/severity`, 1)]), markOf('x', 1))).toBe(false);
  }
  expect(judge(update(3, [first(`${ID}/severity`, 1)]), aliceLane())).toBe('good');
  expect(judge(update(3, [first(`${ID}/severity`, 1)], BOB), aliceLane())).toBe('void');
});

test.each<[string, readonly Placed[]]>([
  ['under a key that its lane has set', [first(NAME, 'x')]],
  ['after a value that was replaced', [after(0, 'x')]],
  ['after a value that is not there', [after(9, 'x')]],
  ['after itself', [after(3, 'x')]],
  ['after a later one of its own', [after(4, 'x'), first(`${ID}/severity`, 1)]],
  ['after one that it brings', [first(`${ID}/severity`, 1), after(3, 2)]],
  ['twice after one value', [after(2, 'x'), after(2, 'y')]],
  ['twice under one key', [first(`${ID}/severity`, 1), first(`${ID}/severity`, 2)]],
])('a value %s is void', (_, values) => {
  expect(judge(update(3, values), aliceLane())).toBe('void');
  expect(aliceLane().apply(update(3, values), markOf('x', 1))).toBe(false);
});

test('a value stands after the last one of its own key: under another key its place is taken for that key', () => {
  const lane = aliceLane();
  expect(lane.apply(update(3, [after(1, 'grave')]), markOf('third', 3))).toBe(true);
  expect(lane.value('allergies', `${ID}/comment`)).toBe('grave');
  expect(lane.value('allergies', NAME)).toBe('Latex');
});

test("a value after one of another client is void, whatever that client's lane holds", () => {
  const content = [0x28, 8, 1, 117, 2, 119, 1, 120, 117, 0];
  const foreign = Uint8Array.of(1, 1, ALICE, 3, 0xa8, BOB, 2, ...content.slice(2), 0);
  const own = Uint8Array.of(1, 1, ALICE, 3, 0xa8, ALICE, 2, ...content.slice(2), 0);
  expect(judge(own, aliceLane())).toBe('good');
  expect(judge(foreign, aliceLane())).toBe('void');
});

test('finding 19: a value with a right neighbour is void, which Yjs would take and put before that one', () => {
  const any = [1, 117, 2, 119, 1, 120, 117, 0];
  const withRight = (flags: number, ...ids: number[]) =>
    Uint8Array.of(1, 1, ALICE, 3, 0x28 | flags, ...ids, ...any, 0);
  const both = withRight(0xc0, ALICE, 0, ALICE, 2);
  const right = withRight(0x40, ALICE, 2);
  for (const bytes of [both, right]) {
    expect(Y.decodeUpdate(bytes).structs).toMatchObject([{ rightOrigin: { client: ALICE, clock: 2 } }]);
    expect(judge(bytes, aliceLane())).toBe('void');
  }
  expect(judge(withRight(0x80, ALICE, 2), aliceLane())).toBe('good');
});

test('finding 19: two blocks of one client, of which Yjs would keep one only, are void', () => {
  const structs = setting(['x', []]).subarray(1, -1);
  expect(judge(Uint8Array.of(1, ...structs, 0))).toBe('good');
  expect(judge(Uint8Array.of(2, ...structs, ...structs, 0))).toBe('void');
  const next = update(1, [after(0, 'y')]).subarray(1, -1);
  expect(judge(Uint8Array.of(2, ...structs, ...next, 0))).toBe('void');
  const bobs = setting(['x', []], NAME, 'allergies', BOB).subarray(1, -1);
  expect(judge(Uint8Array.of(2, ...bobs, ...structs, 0))).toBe('void');
});

test('several values in one item are void: Yjs would show the last and call none of them replaced', () => {
  const one = setting(['x', []]);
  const value = one.subarray(-8, -1);
  const length = one.length - 9;
  expect(one[length]).toBe(1);
  const two = concat(one.subarray(0, length), Uint8Array.of(2), value, value, Uint8Array.of(0));
  expect(Y.decodeUpdate(two).structs).toMatchObject([{ length: 2 }]);
  expect(judge(two)).toBe('void');
});

// ── what is written once ─────────────────────────────────────────────────────────────────────────────────────────────

const WEIGHT = { kind: 'weight', date: '2026-01-05', value: 72.4 };
const MEASURE = immutableId('measures', WEIGHT, sha256);

interface Measured {
  readonly id?: string;
  readonly marks?: Readonly<Record<string, FieldValue>>;
}

function measure(
  fields: Readonly<Record<string, FieldValue>>,
  { id = MEASURE, marks = { '@created': 1, '@updated': 1 } }: Measured = {},
): Bytes {
  const values = Object.entries({ ...marks, ...fields }).map(([name, value]) => ({
    ...first(`${id}/${name}`, value),
    section: 'measures',
  }));
  return update(0, values);
}

test('rule 17: what is written once is good as a whole, and only under the hash of what it says', () => {
  expect(judge(measure(WEIGHT))).toBe('good');
  expect(judge(measure({ ...WEIGHT, comment: null, time: null }))).toBe('good');
  const { date: _, ...lacking } = WEIGHT;
  for (const bytes of [
    measure({ ...WEIGHT, value: 73 }),
    measure({ ...WEIGHT, comment: 'à jeun' }),
    measure(lacking),
    measure({ value: 72.4 }),
    measure({}),
    measure(WEIGHT, { id: ID }),
    measure(WEIGHT, { marks: {} }),
    measure(WEIGHT, { marks: { '@updated': 1 } }),
    measure({ ...WEIGHT, 'documents=x': true }),
  ])
    expect(judge(bytes)).toBe('void');
});

test('rule 17: what was written once is never set again by its lane; deletion and its date are for anybody to say', () => {
  const lane = new Lane(ALICE);
  lane.apply(measure(WEIGHT), markOf('measure', 1));
  const says = (name: string, value: FieldValue) => {
    const after = lane.last('measures', `${MEASURE}/${name}`)?.clock ?? null;
    const placed = { ...first(`${MEASURE}/${name}`, value), section: 'measures' };
    return update(lane.clock, [after === null ? placed : { content: [value, []], after }]);
  };
  for (const name of ['value', 'date', 'kind', 'comment', '@created', '__proto__'])
    for (const value of [null, 73, 72.4]) expect(judge(says(name, value), lane)).toBe('void');
  for (const name of ['@deleted', '@updated']) expect(judge(says(name, 2), lane)).toBe('good');
  // Nor all of it once more, which would change when it was created.
  const again = Object.entries({ ...WEIGHT, '@created': 99 }).map(([name, value]): Placed => ({
    content: [value, []],
    after: lane.last('measures', `${MEASURE}/${name}`)!.clock,
  }));
  expect(lane.settle(update(lane.clock, again))).toHaveLength(again.length);
  expect(judge(update(lane.clock, again), lane)).toBe('void');
  // In a lane that does not hold it, no field of it can be set alone, and all of them only as they are.
  const other = new Lane(ALICE);
  for (const name of ['value', '@created']) {
    const placed = { ...first(`${MEASURE}/${name}`, null), section: 'measures' };
    expect(judge(update(0, [placed]), other)).toBe('void');
  }
  expect(judge(says('@deleted', 2), other)).toBe('void'); // its clock is another
  expect(judge(measure({}, { marks: { '@deleted': 2, '@updated': 2 } }), other)).toBe('good');
});

test('rule 17: two entries in one update are judged each by itself, and one that is wrong voids the whole', () => {
  const second = { ...WEIGHT, value: 73 };
  const both = (id: string) => {
    const values = [
      ...Object.entries({ '@created': 1, ...WEIGHT }).map(([name, value]) => [`${MEASURE}/${name}`, value]),
      ...Object.entries({ '@created': 1, ...second }).map(([name, value]) => [`${id}/${name}`, value]),
    ] as [string, FieldValue][];
    return update(
      0,
      values.map(([key, value]) => ({ ...first(key, value), section: 'measures' })),
    );
  };
  expect(judge(both(immutableId('measures', second, sha256)))).toBe('good');
  expect(judge(both(ID))).toBe('void');
});

// ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

const edit: fc.Arbitrary<Edit> = fc.record({
  type: fc.constantFrom('put', 'put', 'put', 'delete', 'restore'),
  section: fc.constantFrom('allergies', 'conditions'),
  id: fc.constantFrom(ID, 'BBBBBBBBBBBBBBBBBBBBBA'),
  fields: fc.record({ name: fc.string(), comment: fc.option(fc.string(), { nil: null }) }),
});

test('a single bit changed in an update makes it void, or another well-formed edit of the same lane', () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), edit, fc.nat(), (before, last, where) => {
      const alice = new Voice('alice', ALICE);
      for (const [i, one] of before.entries()) alice.say([one], i);
      const lane = alice.document.lanes.get('alice')!;
      const good = alice.document.edit('alice', [last], 99);
      expect(inspect(good, lane)).toBe('good');
      const changed = good.slice();
      changed[Math.floor(where / 8) % changed.length]! ^= 1 << (where % 8);
      if (inspect(changed, lane) === 'void') return;
      const settings = lane.settle(changed)!;
      expect(equal(encodeUpdate(lane.place(settings)), changed)).toBe(true);
      expect(lane.clone().apply(changed, markOf('changed', 99))).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('whatever Alice sends, good or void, what Bob said stands as it was in his lane', () => {
  fc.assert(
    fc.property(
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(edit, fc.array(fc.nat(), { maxLength: 2 })), { maxLength: 6 }),
      (bobs, alices) => {
        const [alice, bob] = [new Voice('alice', ALICE), new Voice('bob', BOB)];
        for (const [i, one] of bobs.entries()) bob.say([one], i);
        alice.hear(bob);
        const lane = bob.document.lanes.get('bob')!;
        const before = [lane.encode(), lane.frames] as const;
        const words = wordsOf(bob.document);
        for (const [i, [one, flips]] of alices.entries()) {
          const bytes = alice.document.edit('alice', [one], i).slice();
          for (const flip of flips) bytes[Math.floor(flip / 8) % bytes.length]! ^= 1 << (flip % 8);
          const frame = saidBy('alice', ALICE, alice.document.lanes.get('alice')!.frames, bytes, i);
          for (const { document } of [alice, bob]) take(document, frame);
        }
        expect([lane.encode(), lane.frames]).toEqual(before);
        expect(wordsOf(bob.document).filter((word) => (word as unknown[])[2] === BOB)).toEqual(words);
        expect(wordsOf(alice.document)).toEqual(wordsOf(bob.document));
      },
    ),
  );
});
