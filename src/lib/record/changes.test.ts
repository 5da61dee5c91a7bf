/** The ids of changes: what they tell. */
import { expect, test } from 'vitest';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';
import { ChangeLog } from './change-log.ts';
import { withHistory } from './changes.ts';
import type { Edit, Entry, HealthRecord } from './entry.ts';
import { changes } from './sections/changes.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const pollen: Entry = {
  ...{ id: ID, section: 'allergies', createdAt: 1, updatedAt: 1 },
  fields: { name: 'Pollen', comment: null },
};

/** The record with what these edits told of it. */
function after(record: HealthRecord, told: readonly Edit[], at: number): HealthRecord {
  const kept = new Map(record.entries.get(changes.id));
  for (const edit of told)
    if (edit.type === 'put' && edit.section === changes.id)
      kept.set(edit.id, {
        ...{ id: edit.id, section: changes.id, fields: edit.fields },
        ...{ createdAt: at, updatedAt: at },
      });
  return { entries: new Map([...record.entries, [changes.id, kept]]) };
}

const start: HealthRecord = { entries: new Map([['allergies', new Map([[ID, pollen]])]]) };
const tell = (record: HealthRecord, edit: Edit) =>
  withHistory([edit], record, new ChangeLog().update(record), sha256);
const change = (told: readonly Edit[]) => {
  const [one] = told.filter(({ section }) => section === changes.id);
  if (one?.type !== 'put') throw new Error('nothing told');
  return one;
};
const rename: Edit = { type: 'put', section: 'allergies', id: ID, fields: { name: 'Bouleau' } };
const remove: Edit = { type: 'delete', section: 'allergies', id: ID };

test('rule 17 R21: two devices that make the same of the same tell one change; another one is another', () => {
  expect(change(tell(start, rename))).toEqual(change(tell(start, rename)));
  const other = change(tell(start, { ...rename, fields: { name: 'Latex' } }));
  expect(other.id).not.toBe(change(tell(start, rename)).id);
  expect(change(tell(start, remove)).id).not.toBe(other.id);
});

test('rule 17 R21: who says again what was told before, without having seen what came of it, is told again', () => {
  const first = tell(start, remove);
  const once = after(start, first, 2);
  // Another device has restored it; a page that has been open since deletes it once more.
  const stale: Edit = { ...remove, saw: [] };
  const second = change(tell(once, stale));
  expect(second.id).not.toBe(change(first).id);
  expect(second.fields).toEqual({ ...change(first).fields, again: 1 });
  const twice = after(once, tell(once, stale), 3);
  expect(change(tell(twice, stale)).fields).toMatchObject({ again: 2 });
  expect(new ChangeLog().update(twice).of('allergies', ID)).toHaveLength(2);
});
