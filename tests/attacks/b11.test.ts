/**
 * B11: keys and values that poison plain objects, in an update of a member who signs them.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { Fields } from '#lib/record/section.ts';
import { checkEdit } from '#lib/record/sections.ts';
import { RecordDocument } from '#lib/replica/document/document.ts';
import { inspect } from '#lib/replica/gate.ts';
import { Lane } from '#lib/replica/lane.ts';
import { forge, received } from '../helpers/hostile/forge.ts';
import { push, sync } from '../helpers/worlds/plain-relay.ts';
import { replicaWorld } from '../helpers/worlds/replica-world.ts';
import { shortAt } from '../helpers/worlds/voices.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const NOW = { y: 2026, m: 1, d: 1 };
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'prototype',
  'hasOwnProperty',
  'valueOf',
  '@created',
  '',
];

function hostile(client: number, write: (doc: Y.Doc) => void): Bytes {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.transact(() => {
    write(doc);
  });
  return new Uint8Array(Y.encodeStateAsUpdate(doc));
}

/** What a document reads that takes this in, if the gate lets it pass. */
function documentOf(update: Bytes): RecordDocument {
  const document = new RecordDocument();
  document.putLane('mallory', new Lane(1));
  const good = inspect(update, document.lanes.get('mallory')!) === 'good';
  expect(document.apply('mallory', good ? update : null, { short: shortAt(1), time: 1, counter: 0 })).toBe(
    true,
  );
  return document;
}

function expectClean(document: RecordDocument): void {
  for (const [section, entries] of document.read().entries) {
    expect(section).toBe('allergies');
    for (const [id, { fields }] of entries) {
      expect(id).toBe(ID);
      expect(Object.getPrototypeOf(fields)).toBeNull();
      expect(Object.keys(fields)).toEqual(['name', 'comment']);
    }
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}

test('B11: poisoned names of sections, entries and fields are not read, and nothing is inherited', () => {
  for (const name of NAMES) {
    const says = (section: string, key: string) =>
      hostile(1, (doc) => {
        doc.getMap(section).set(key, ['x', []]);
        if (section !== 'allergies' || key !== `${ID}/@updated`)
          doc.getMap('allergies').set(`${ID}/@updated`, [1, []]);
        if (name !== '') doc.getMap(name).set(`${ID}/@updated`, [1, []]);
      });
    for (const update of [
      says('allergies', name),
      says('allergies', `${name}/name`),
      says('allergies', `${ID}/${name}`),
      says(name || 'x', `${ID}/name`),
    ])
      expectClean(documentOf(update));
    // Those that are well formed do pass, and are read by nobody.
    const passed = documentOf(says('allergies', `${ID}/${name || 'x'}`));
    expect([...passed.values()].length).toBeGreaterThan(0);
  }
});

test('B11: values of any shape are left out where they do not fit, and never throw', () => {
  const plain = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 3 }),
  );
  fc.assert(
    fc.property(
      fc.oneof(plain, fc.jsonValue()),
      fc.oneof(plain, fc.jsonValue()),
      fc.constantFrom(...NAMES, 'name', 'comment'),
      (value, time, name) => {
        const document = documentOf(
          hostile(1, (doc) => {
            doc.getMap('allergies').set(`${ID}/${name}`, [value, []]);
            doc.getMap('allergies').set(`${ID}/@updated`, [time, []]);
            doc.getMap('allergies').set(`${ID}/@deleted`, [value, []]);
          }),
        );
        expectClean(document);
        for (const [section, key] of document.values())
          expect(typeof section + typeof key).toBe('stringstring');
      },
    ),
  );
});

test('B11: poisoned names in what a page sends are refused by name or left out, and nothing is inherited', () => {
  for (const name of NAMES) {
    const fields = JSON.parse(`{"name": "Pollen", ${JSON.stringify(name)}: {"polluted": true}}`) as Fields;
    const put = (section: string, id = ID) =>
      checkEdit({ type: 'put', section, id, fields }, undefined, NOW, sha256);
    const result = put('allergies');
    if (result.ok && result.edit.type === 'put') expect(Object.keys(result.edit.fields)).not.toContain(name);
    expect(put(name).ok).toBe(false);
    expect(put('allergies', name).ok).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  }
});

test('B11: Mallory signs such an update: it is taken, read by nobody, and Alice edits on', async () => {
  const world = await replicaWorld(['Alice phone', 'Mallory phone']);
  const alice = world.device('Alice phone');
  const mallory = world.device('Mallory phone');
  await push(alice.replica, world.relay);
  await sync(mallory.replica, world.relay);
  const client = alice.replica.members().author(mallory.id)!.clientId!;
  const content = hostile(client, (doc) => {
    doc.getMap('__proto__').set(`${ID}/polluted`, [true, []]);
    doc.getMap('allergies').set(`${ID}/__proto__`, ['polluted', []]);
  });
  const frame = await forge(world, mallory, { kind: 'update', content });
  const report = await alice.replica.receive(received(frame));
  expect(report).toMatchObject({ ok: true, value: { admitted: 1 } });
  expect(alice.replica.record().entries.size).toBe(0);
  await alice.allergy('Pollen', ID);
  expect(alice.allergies()).toEqual(['Pollen']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
