import { expect, test } from 'vitest';
import type { Edit } from '#lib/record/entry.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { entryId } from '../../../tests/helpers/worlds/replica-world.ts';
import { RecordDocument } from './document.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const put = (fields: Record<string, string | null>, id = ID): Edit => ({
  type: 'put',
  section: 'allergies',
  id,
  fields,
});
const only = (document: RecordDocument) => document.read().entries.get('allergies')?.get(ID);

function pair() {
  const [phone, laptop] = [new RecordDocument(), new RecordDocument()];
  const exchange = () => {
    const states = [phone.state(), laptop.state()] as const;
    phone.add([states[1]]);
    laptop.add([states[0]]);
  };
  return { phone, laptop, exchange };
}

test('two devices that change different fields of an entry keep both changes', () => {
  const { phone, laptop, exchange } = pair();
  phone.edit(1, [put({ name: 'Pollen', comment: null })], 10);
  exchange();
  phone.edit(1, [put({ name: 'Pollen de bouleau' })], 20);
  laptop.edit(2, [put({ comment: 'au printemps' })], 30);
  exchange();
  for (const document of [phone, laptop])
    expect(only(document)?.fields).toMatchObject({ name: 'Pollen de bouleau', comment: 'au printemps' });
});

test('two devices that create one entry apart keep the fields of both', () => {
  const { phone, laptop, exchange } = pair();
  phone.edit(1, [put({ name: 'Pollen' })], 10);
  laptop.edit(2, [put({ comment: 'au printemps' })], 20);
  exchange();
  for (const document of [phone, laptop])
    expect(only(document)?.fields).toMatchObject({ name: 'Pollen', comment: 'au printemps' });
});

test('MED-14 R21: documents that two devices link to one disease apart are both linked, and what one unlinks is gone', () => {
  const { phone, laptop, exchange } = pair();
  const [first, second, third] = ['B', 'C', 'D'].map((letter) => letter.repeat(21) + 'A') as [
    string,
    string,
    string,
  ];
  const link = (documents: readonly string[]): Edit => ({
    ...{ type: 'put', section: 'conditions', id: ID },
    fields: { documents },
  });
  const linked = (document: RecordDocument) =>
    document.read().entries.get('conditions')?.get(ID)?.fields['documents'] ?? null;
  phone.edit(1, [link([first])], 10);
  exchange();
  phone.edit(1, [link([first, second])], 20);
  laptop.edit(2, [link([third])], 30);
  exchange();
  for (const document of [phone, laptop]) {
    expect(linked(document)).toEqual([second, third]);
    expect(document.lastSet(1, 'conditions', ID)).toBeGreaterThan(0);
  }
  laptop.edit(2, [link([])], 40);
  exchange();
  expect(linked(phone)).toBeNull();
  expect(linked(RecordDocument.open(phone.state()) ?? phone)).toBeNull();
});

test('a form that saves every field overwrites only those that it changed', () => {
  const { phone, laptop, exchange } = pair();
  phone.edit(1, [put({ name: 'Pollen', comment: 'léger' })], 10);
  exchange();
  laptop.edit(2, [put({ name: 'Pollen', comment: 'grave' })], 20);
  phone.edit(1, [put({ name: 'Pollen de bouleau', comment: 'léger' })], 30);
  exchange();
  expect(only(phone)?.fields).toMatchObject({ name: 'Pollen de bouleau', comment: 'grave' });
});

test('deletion can be undone, and keeps the fields', () => {
  const document = new RecordDocument();
  document.edit(1, [put({ name: 'Pollen' })], 10);
  document.edit(1, [{ type: 'delete', section: 'allergies', id: ID }], 20);
  expect(only(document)).toMatchObject({
    createdAt: 10,
    updatedAt: 20,
    deletedAt: 20,
    fields: { name: 'Pollen' },
  });
  document.edit(1, [{ type: 'restore', section: 'allergies', id: ID }], 30);
  expect(only(document)).toMatchObject({ createdAt: 10, updatedAt: 30, fields: { name: 'Pollen' } });
  expect(only(document)).not.toHaveProperty('deletedAt');
});

test('reading after each change gives what reading everything gives, and keeps what did not change', () => {
  const random = seededRandom('read');
  const document = new RecordDocument();
  const ids = Array.from({ length: 5 }, () => entryId(random));
  for (let i = 0; i < 100; i++) {
    const before = document.read().entries.get('allergies');
    const id = random.pick(ids);
    document.edit(1, [put({ name: `n${random.int(9)}` }, id)], i);
    const after = document.read().entries.get('allergies');
    for (const other of ids) if (other !== id) expect(after?.get(other)).toBe(before?.get(other));
    const anew = new RecordDocument();
    anew.add([document.state()]);
    expect(anew.read()).toEqual(document.read());
  }
});

test('the document knows which of its values this device set last, and where they are', () => {
  const { phone, laptop, exchange } = pair();
  phone.edit(1, [put({ name: 'Pollen' })], 10);
  exchange();
  expect(phone.lastSet(1, 'allergies', ID)).toBe(3);
  expect(laptop.lastSet(2, 'allergies', ID)).toBe(0);
  expect(phone.valueAt(1, 1)).toEqual({ section: 'allergies', key: `${ID}/name`, value: 'Pollen' });
  laptop.edit(2, [put({ name: 'Latex' })], 20);
  exchange();
  expect(phone.valueAt(1, 1)).toBeNull();
});
