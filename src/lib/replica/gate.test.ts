import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { entryId } from '../../../tests/helpers/worlds/replica-world.ts';
import { RecordDocument } from './document.ts';
import { inspectUpdate, MAX_UPDATE } from './gate.ts';

const ALICE = 7;
const BOB = 8;

function bytesOf(make: (doc: Y.Doc) => void, client = ALICE): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.transact(() => {
    make(doc);
  });
  return new Uint8Array(Y.encodeStateAsUpdate(doc));
}

test('every edit of a document passes, with the clocks it brings and needs', () => {
  const random = seededRandom('gate');
  const document = new RecordDocument();
  let clock = 0;
  for (let i = 0; i < 200; i++) {
    const id = random.chance(0.5) ? 'AAAAAAAAAAAAAAAAAAAAAA' : entryId(random);
    const type = document.has('allergies', id) ? random.pick(['put', 'delete', 'restore'] as const) : 'put';
    const fields = { name: `n${random.int(9)}`, comment: random.chance(0.5) ? null : 'c' };
    const edit =
      type === 'put' ? { type, section: 'allergies', id, fields } : { type, section: 'allergies', id };
    const passed = inspectUpdate(document.edit(ALICE, [edit], i), ALICE);
    expect(passed?.advance).toEqual({ from: clock, to: document.clock(ALICE) });
    clock = document.clock(ALICE);
  }
});

test.each<[string, Bytes]>([
  ['text', bytesOf((doc) => doc.getText('allergies').insert(0, 'hello'))],
  ['a sequence', bytesOf((doc) => doc.getArray('allergies').push([1, 2, 3]))],
  ['a nested map', bytesOf((doc) => doc.getMap('allergies').set('k', new Y.Map([['a', 1]])))],
  ['a subdocument', bytesOf((doc) => doc.getMap('allergies').set('k', new Y.Doc()))],
  ['raw bytes', bytesOf((doc) => doc.getMap('allergies').set('k', new Uint8Array(9)))],
  ['an endless key', bytesOf((doc) => doc.getMap('allergies').set('k'.repeat(129), 1))],
  ['an endless section', bytesOf((doc) => doc.getMap('s'.repeat(65)).set('k', 1))],
  ['another client', bytesOf((doc) => doc.getMap('allergies').set('k', 1), BOB)],
  ['too much', bytesOf((doc) => doc.getMap('allergies').set('k', 'x'.repeat(MAX_UPDATE)))],
  ['bytes that are no update', Uint8Array.of(1, 255, 255, 255, 255, 255, 15, 7, 0)],
  ['nothing', new Uint8Array(0)],
])('%s does not pass', (_, update) => {
  expect(inspectUpdate(update, ALICE)).toBeNull();
});

test('what an update builds on is asked for, of whichever author it is', () => {
  const bob = new RecordDocument();
  const id = 'AAAAAAAAAAAAAAAAAAAAAA';
  const first = bob.edit(BOB, [{ type: 'put', section: 'allergies', id, fields: { name: 'Pollen' } }], 1);
  const alice = new RecordDocument();
  alice.apply([first]);
  const second = alice.edit(ALICE, [{ type: 'put', section: 'allergies', id, fields: { name: 'Latex' } }], 2);
  const passed = inspectUpdate(second, ALICE);
  expect(passed?.advance?.from).toBe(0);
  // The creation date was not touched, the name and the date of change were: clocks 1 to 3 of Bob.
  expect(passed?.needs).toEqual(new Map([[BOB, 3]]));
});

test('two blocks of one client, of which Yjs would keep one only, do not pass', () => {
  const one = bytesOf((doc) => doc.getMap('allergies').set('a', 1));
  const [structs] = [one.subarray(1, -1)];
  expect(inspectUpdate(one, ALICE)).not.toBeNull();
  expect(inspectUpdate(Uint8Array.of(2, ...structs, ...structs, 0), ALICE)).toBeNull();
});

test('whatever passes is taken by Yjs whole, and says what the gate said', () => {
  const random = seededRandom('mutations');
  let taken = 0;
  for (let i = 0; i < 4000; i++) {
    const document = new RecordDocument();
    const fields = { name: 'Pollen', comment: 'spring' };
    const base = document.edit(
      ALICE,
      [{ type: 'put', section: 'allergies', id: entryId(random), fields }],
      1,
    );
    const update = document.edit(
      ALICE,
      [{ type: 'put', section: 'allergies', id: entryId(random), fields }],
      2,
    );
    const changed = update.slice();
    for (let flips = 1 + random.int(3); flips > 0; flips--)
      changed[random.int(changed.length)]! ^= 1 << random.int(8);
    const passed = inspectUpdate(changed, ALICE);
    if (
      passed?.advance?.from !== 4 ||
      [...passed.needs].some(([client, clock]) => client !== ALICE || clock > 4)
    )
      continue;
    const other = new RecordDocument();
    other.apply([base]);
    other.apply([changed]);
    expect(other.clock(ALICE)).toBe(passed.advance.to);
    other.read();
    taken++;
  }
  expect(taken).toBeGreaterThan(100);
});
