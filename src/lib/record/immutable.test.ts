/** The ids of what is written once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';
import { immutableBytes, immutableId } from './immutable.ts';
import { hasMany, isEntryId, type Fields } from './section.ts';
import { checkEdit, healthSections, sectionDefinition } from './sections.ts';
import { changes } from './sections/changes.ts';

const NOW = { y: 2026, m: 11, d: 23 };
const WEIGHT = { kind: 'weight', date: '2026-01-05', value: 72.4 };
const idOf = (fields: Fields, section = 'measures') => immutableId(section, fields, sha256);
const once = [...healthSections, changes].filter((section) => 'immutable' in section);

test('rule 17: the id is a hash of section and fields, and stays the same for good', () => {
  expect(new TextDecoder().decode(immutableBytes('measures', WEIGHT))).toBe(
    'carnet/entry/v1measures{"date":"2026-01-05","kind":"weight","value":72.4}',
  );
  expect(idOf(WEIGHT)).toBe('yxkNna0-7zM1oB9x6HJggw');
  expect(isEntryId(idOf(WEIGHT))).toBe(true);
});

test('rule 17: neither the order of fields nor empty ones make another id; any other word does, and any other section', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.string(), value, (fields, name, other) => {
      const id = idOf(fields);
      expect(idOf(Object.fromEntries(Object.entries(fields).reverse()))).toBe(id);
      expect(immutableId('measures', new Map(Object.entries(fields)), sha256)).toBe(id);
      const changed = Object.fromEntries([...Object.entries(fields), [name, other]]);
      const isSame = JSON.stringify(clean(changed)) === JSON.stringify(clean(fields));
      expect(idOf(changed) === id).toBe(isSame);
      expect(idOf(fields, 'directives')).not.toBe(id);
    }),
  );
});

/** What is said, with its characters as UTF-8 can say them. */
function clean(fields: Fields): unknown {
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? value.toWellFormed() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

test('rule 17: what is written once has no sets, whose members would change one by one', () => {
  expect(once.map(({ id }) => id).sort()).toEqual(['changes', 'directives', 'measures']);
  for (const { fields } of once) expect(fields.filter(hasMany)).toEqual([]);
});

test('rule 17: a page that asks for another id is refused; after the deletion of what never came it is taken as new', () => {
  const put = (id: string, fields: Fields = WEIGHT) =>
    ({ type: 'put', section: 'measures', id, fields }) as const;
  const refused = { ok: false, problems: [{ field: 'id', problem: 'malformed' }] };
  expect(checkEdit(put('AAAAAAAAAAAAAAAAAAAAAA'), undefined, NOW, sha256)).toEqual(refused);
  expect(checkEdit(put(idOf({ ...WEIGHT, value: 73 })), undefined, NOW, sha256)).toEqual(refused);
  const id = idOf(WEIGHT);
  const blank = Object.fromEntries(sectionDefinition('measures')!.fields.map(({ name }) => [name, null]));
  const gone = { id, section: 'measures', fields: blank, createdAt: 1, updatedAt: 1, deletedAt: 1 };
  for (const entries of [undefined, new Map([[id, gone]])])
    expect(checkEdit(put(id, { ...WEIGHT, date: ' 2026-01-05 ' }), entries, NOW, sha256)).toMatchObject({
      ok: true,
      edit: { id, fields: { ...blank, ...WEIGHT } },
    });
});
