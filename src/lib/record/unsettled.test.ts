/** Two devices each write something right, and what comes of it is wrong: it is shown, and stops nothing else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contradictionsIn } from './contradictions.ts';
import type { Edit, Entry, EntryId, HealthRecord, SectionId } from './entry.ts';
import { fixedEntryId } from './profile-section.ts';
import { changedFields, type Fields, validateEntry } from './section.ts';
import { checkEdit, checkEdits, healthSections, sectionDefinition } from './sections.ts';
import { conditions } from './sections/conditions.ts';
import { targets } from './sections/measures.ts';
import { relatives } from './sections/relatives.ts';
import { keepOne, unsettledIn } from './unsettled.ts';
import { anyFields } from '../../../tests/helpers/people/any-record.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';

const NOW = { y: 2026, m: 11, d: 23 };

function entry(section: SectionId, id: string, fields: Fields, deletedAt?: number): Entry {
  return {
    ...{ id: fixedEntryId(id), section, fields, createdAt: 1, updatedAt: 1 },
    ...(deletedAt !== undefined && { deletedAt }),
  };
}

const among = (...entries: Entry[]): ReadonlyMap<EntryId, Entry> =>
  new Map(entries.map((one) => [one.id, one]));
const put = (of: Entry, fields: Fields): Edit => ({ type: 'put', section: of.section, id: of.id, fields });

const ASTHMA = { name: 'Asthme', start: '2018', ongoing: false, end: '2020', comment: null, documents: null };

describe('two dates of Alice that were made apart', () => {
  const swapped = entry('conditions', 'asthma', { ...ASTHMA, start: '2022' });
  const check = (fields: Fields) => checkEdit(put(swapped, fields), among(swapped), NOW, sha256);

  test('R21: "2022 – 2020" is shown as something to settle, and her comment is saved all the same', () => {
    expect(unsettledIn(conditions, [swapped])).toMatchObject([
      { type: 'answers', entry: swapped, fields: ['end', 'start'], problem: 'ends-before-start' },
    ]);
    expect(check({ comment: 'Depuis l’enfance' })).toMatchObject({ ok: true });
    expect(check({ name: 'Asthme allergique' }).ok).toBe(true);
  });

  test('R21: the same date again, a right one and a less wrong one are taken; none is refused for what was there', () => {
    for (const fields of [{ start: '2022' }, { end: '2023' }, { end: null }, { end: '2021' }])
      expect(check(fields)).toMatchObject({ ok: true });
  });

  test('R21: dates that Alice herself makes wrong are refused, as before', () => {
    const right = entry('conditions', 'asthma', ASTHMA);
    const problems = [{ field: 'end', problem: 'ends-before-start' }];
    for (const fields of [{ end: '2010' }, { start: '2024' }])
      expect(checkEdit(put(right, fields), among(right), NOW, sha256)).toEqual({ ok: false, problems });
  });

  test('R21: while the other date is in dispute, Alice may choose the one first', () => {
    const right = entry('conditions', 'asthma', ASTHMA);
    const edit = put(right, { start: '2022' });
    const isOpen = (_: Edit, field: string) => field === 'end';
    expect(checkEdit(edit, among(right), NOW, sha256, isOpen).ok).toBe(true);
    expect(checkEdit(edit, among(right), NOW, sha256).ok).toBe(false);
  });

  test('R21: what goes on and has an end keeps both until it is settled, whatever else is written', () => {
    const both = entry('conditions', 'asthma', { ...ASTHMA, ongoing: true });
    expect(unsettledIn(conditions, [both])).toMatchObject([{ problem: 'goes-on' }]);
    const checkBoth = (fields: Fields) => checkEdit(put(both, fields), among(both), NOW, sha256);
    expect(checkBoth({ comment: 'x' })).toMatchObject({ ok: true, edit: { fields: { comment: 'x' } } });
    expect(checkBoth({ end: '2021' })).toMatchObject({ ok: true, edit: { fields: { end: '2021' } } });
    expect(checkBoth({ ongoing: false }).ok).toBe(true);
  });

  test('R21: a value that only a newer Carnet knows does not stop an edit of another one', () => {
    const newer = entry('conditions', 'asthma', { ...ASTHMA, end: 'hiver 2031' });
    expect(checkEdit(put(newer, { comment: 'x' }), among(newer), NOW, sha256).ok).toBe(true);
  });
});

test('MED-53: limits that two devices left the wrong way round are shown, and the other pair is changed all the same', () => {
  const fields = { kind: 'pressure', low: 140, high: 120, secondLow: null, secondHigh: null };
  const target = entry('targets', 'pressure', fields);
  expect(unsettledIn(targets, [target])).toMatchObject([{ problem: 'low-above-high' }]);
  expect(checkEdit(put(target, { secondHigh: 85 }), among(target), NOW, sha256).ok).toBe(true);
  expect(validateEntry(targets, fields, NOW)).toMatchObject({ ok: false });
});

describe('two trusted persons that were noted apart', () => {
  const jeanne = entry('relatives', 'jeanne', { kind: 'trusted', firstName: 'Jeanne', lastName: 'Martin' });
  const paul = entry('relatives', 'paul', { kind: 'trusted', firstName: 'Paul', lastName: 'Durand' });
  const held: HealthRecord = { entries: new Map([['relatives', among(jeanne, paul)]]) };

  test('DIR-12: both are shown, and the phone number of one is saved', () => {
    expect(unsettledIn(relatives, [jeanne, paul])).toEqual([{ type: 'several', entries: [jeanne, paul] }]);
    const edits = [
      put(paul, { phone: '06 12 34 56 78' }),
      { type: 'restore', section: 'relatives', id: paul.id },
    ];
    expect(checkEdits(edits as Edit[], held, NOW, sha256).ok).toBe(true);
  });

  test('DIR-12: Alice keeps Paul, and Jeanne stays as somebody to call', () => {
    const edits = keepOne(relatives, [jeanne, paul], paul.id);
    expect(edits).toMatchObject([{ id: jeanne.id, fields: { kind: 'emergency' } }]);
    expect(checkEdits(edits, held, NOW, sha256).ok).toBe(true);
  });

  test('DIR-12: a third one is refused, also when the list of edits brings it in two steps', () => {
    const anna = { kind: 'trusted', firstName: 'Anna', lastName: 'Roy' };
    const added: Edit = { type: 'put', section: 'relatives', id: fixedEntryId('anna'), fields: anna };
    expect(checkEdits([added], held, NOW, sha256).ok).toBe(false);
    const free = [...keepOne(relatives, [jeanne, paul], ''), added];
    expect(checkEdits(free, held, NOW, sha256).ok).toBe(true);
    expect(checkEdits([...free, put(paul, { kind: 'trusted' })], held, NOW, sha256).ok).toBe(false);
  });
});

const mutable = healthSections.filter((section) => !(sectionDefinition(section.id)?.immutable ?? false));

test('R21: whatever two devices rightly write apart, what is right by itself and touches none of it is taken', () => {
  const story = fc
    .constantFrom(...mutable)
    .chain((section) => fc.tuple(fc.constant(section), ...[1, 2, 3, 4].map(() => anyFields(section))));
  const check = (held: Entry, fields: Fields) => checkEdit(put(held, fields), among(held), NOW, sha256);
  let contradicted = 0;
  fc.assert(
    fc.property(story, ([section, first, onLaptop, onPhone, later]) => {
      const base = entry(section.id, 'one', first!);
      const [laptop, phone] = [onLaptop, onPhone].map((one) => check(base, changedFields(first, one!)));
      if (!laptop?.ok || !phone?.ok || laptop.edit.type !== 'put' || phone.edit.type !== 'put') return;
      const merged = { ...first, ...laptop.edit.fields, ...phone.edit.fields };
      const wrong = contradictionsIn(section, merged);
      if (wrong.length > 0) contradicted += 1;
      const disputed = new Set(wrong.flatMap(({ fields }) => fields));
      for (const { name } of section.fields) {
        if (disputed.has(name)) continue;
        const edit = { [name]: later![name] ?? null };
        // Right by itself: it makes nothing wrong that was not so before.
        const made = contradictionsIn(section, { ...merged, ...edit });
        if (made.length > wrong.length) continue;
        expect(check(entry(section.id, 'one', merged), edit)).toMatchObject({ ok: true });
      }
    }),
    { numRuns: 400 },
  );
  expect(contradicted).toBeGreaterThan(0);
});
