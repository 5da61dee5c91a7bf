/** The sections of the medical profile: what each takes, and what it refuses. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { fixedEntryId, nameOf, type ProfileSection } from './profile-section.ts';
import { type Fields, isEntryId, validateEntry } from './section.ts';
import { checkEdit, PROFILE, profileSections, sectionDefinition } from './sections.ts';
import { conditions } from './sections/conditions.ts';
import { disabilities } from './sections/disabilities.ts';
import { familyHistory } from './sections/family-history.ts';
import { habits } from './sections/habits.ts';
import { hospitalStays } from './sections/hospital-stays.ts';
import { professionals } from './sections/professionals.ts';
import { relatives } from './sections/relatives.ts';
import { declaredNone, statementId, statements } from './sections/statements.ts';
import { treatments } from './sections/treatments.ts';
import { vaccinations } from './sections/vaccinations.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';

const now = { y: 2026, m: 11, d: 23 };
const french = ({ fr }: { fr: string }): string => fr;
const check = (section: ProfileSection, fields: Fields) => validateEntry(section, fields, now);
const problems = (section: ProfileSection, fields: Fields) => {
  const checked = check(section, fields);
  return checked.ok ? [] : checked.problems.map(({ field, problem }) => `${field}: ${problem}`);
};
const kept = (section: ProfileSection, fields: Fields): Fields => {
  const checked = check(section, fields);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.fields;
};
const entry = (section: string, n: number, fields: Fields, deletedAt?: number): Entry => ({
  ...{ id: fixedEntryId(`entry-${n}`), section, fields, createdAt: n, updatedAt: n },
  ...(deletedAt !== undefined && { deletedAt }),
});

describe('diseases and treatments', () => {
  test('MED-09 MED-10: a disease needs a name and at least the year it began', () => {
    expect(problems(conditions, {})).toEqual(['name: required', 'start: required']);
    expect(problems(conditions, { name: 'Asthme', start: '1996' })).toEqual([]);
    expect(problems(conditions, { name: 'Asthme', start: '1996-13' })).toEqual(['start: not-a-date']);
    expect(problems(conditions, { name: 'Asthme', start: '2026-11-24' })).toEqual(['start: in-future']);
  });

  test('MED-11: a comment is optional and holds three thousand characters', () => {
    const fields = { name: 'Asthme', start: '1996' };
    expect(problems(conditions, { ...fields, comment: 'a'.repeat(3000) })).toEqual([]);
    expect(problems(conditions, { ...fields, comment: 'a'.repeat(3001) })).toEqual(['comment: too-long']);
  });

  test('MED-12 MED-13: what is over may have an end, which is not before the beginning', () => {
    const past = { name: 'Fracture', start: '2014-07-13', ongoing: false };
    expect(kept(conditions, past)['end']).toBeNull();
    expect(kept(conditions, { ...past, end: '2014-09' })['end']).toBe('2014-09');
    expect(problems(conditions, { ...past, end: '2014-06' })).toEqual(['end: ends-before-start']);
    expect(problems(conditions, { ...past, end: '2013' })).toEqual(['end: ends-before-start']);
    // The year alone may still be the same summer.
    expect(problems(conditions, { ...past, end: '2014' })).toEqual([]);
  });

  test('MED-12 MED-18: what goes on again loses its end', () => {
    for (const section of [conditions, treatments])
      expect(kept(section, { name: 'X', start: '2014', ongoing: true, end: '2015' })['end']).toBeNull();
    const current = entry('treatments', 1, { name: 'X', start: '2014', ongoing: false, end: '2015' });
    const edit = { type: 'put', section: 'treatments', id: current.id, fields: { ongoing: true } } as const;
    expect(checkEdit(edit, new Map([[current.id, current]]), now, sha256)).toEqual({
      ok: true,
      edit: { ...edit, fields: { ongoing: true, end: null } },
    });
  });

  test('MED-16…21: a treatment has fifty characters of name and a thousand of dosage', () => {
    const fields = { name: 'a'.repeat(50), start: '2019', dosage: 'b'.repeat(1000), comment: 'c' };
    expect(problems(treatments, fields)).toEqual([]);
    expect(problems(treatments, { ...fields, name: 'a'.repeat(51), dosage: 'b'.repeat(1001) })).toEqual([
      'name: too-long',
      'dosage: too-long',
    ]);
  });

  test('MED-14: documents are linked by their ids, and by nothing else', () => {
    const fields = { name: 'Asthme', start: '1996' };
    const id = fixedEntryId('document');
    expect(kept(conditions, { ...fields, documents: [id, id] })['documents']).toEqual([id]);
    expect(problems(conditions, { ...fields, documents: ['../x'] })).toEqual(['documents: malformed']);
  });
});

describe('the other sections', () => {
  test('MED-26…31: a disability may be of several kinds, which are kept in one order', () => {
    const fields = { name: 'Surdité', types: ['motor', 'sensory', 'motor'], rate: '50-79' };
    expect(kept(disabilities, fields)['types']).toEqual(['sensory', 'motor']);
    expect(problems(disabilities, { ...fields, types: ['tall'] })).toEqual(['types: not-a-choice']);
    expect(problems(disabilities, { ...fields, types: 'motor' })).toEqual(['types: not-a-choice']);
    expect(problems(disabilities, { ...fields, technicalAid: 'a'.repeat(51) })).toEqual([
      'technicalAid: too-long',
    ]);
  });

  test('MED-32…37: a vaccination has a name and a date; kind, lot, vaccinator and more are optional', () => {
    expect(problems(vaccinations, {})).toEqual(['name: required', 'start: required']);
    expect(problems(vaccinations, { name: 'Grippe', start: '2025-10-21' })).toEqual([]);
    for (const kind of ['first', 'booster', 'unknown'])
      expect(problems(vaccinations, { name: 'Grippe', start: '2025', kind, lot: 'a'.repeat(100) })).toEqual(
        [],
      );
    expect(problems(vaccinations, { name: 'Grippe', start: '2025', lot: 'a'.repeat(101) })).toEqual([
      'lot: too-long',
    ]);
  });

  test('MED-55a MED-55b MED-55c MED-55d: the sections that the guide only names have their fields', () => {
    const stay = {
      name: 'Appendicite',
      start: '2003-02',
      duration: 4,
      durationUnit: 'days',
      place: 'Rennes',
    };
    expect(problems(hospitalStays, stay)).toEqual([]);
    expect(problems(hospitalStays, { ...stay, duration: 2.5 })).toEqual(['duration: malformed']);
    expect(problems(familyHistory, { relation: 'mother', name: 'Diabète', onsetAge: 52 })).toEqual([]);
    expect(problems(familyHistory, { relation: 'mother', name: 'Diabète', onsetAge: 121 })).toEqual([
      'onsetAge: out-of-range',
    ]);
    expect(problems(habits, { topic: 'sleep', answer: '7 heures', start: '2024' })).toEqual([]);
    expect(problems(habits, { topic: 'sleep' })).toEqual(['answer: required', 'start: required']);
    expect(problems(professionals, { name: 'Dr Martin', role: 'treating' })).toEqual([]);
  });

  test('DIR-12: there is one trusted person at a time, and an old one cannot be brought back beside the new', () => {
    const people = { kind: 'trusted', firstName: 'Jeanne', lastName: 'Martin' };
    const jeanne = entry('relatives', 1, people);
    const gone = entry('relatives', 2, { ...people, firstName: 'Paul' }, 9);
    const entries = new Map([jeanne, gone].map((one) => [one.id, one]));
    const put = (id: string, fields: Fields) =>
      checkEdit({ type: 'put', section: 'relatives', id, fields }, entries, now, sha256);
    const refused = { ok: false, problems: [{ field: 'kind', problem: 'already-one' }] };
    expect(put(fixedEntryId('new'), people)).toEqual(refused);
    expect(put(fixedEntryId('new'), { ...people, kind: 'emergency' }).ok).toBe(true);
    expect(put(jeanne.id, { firstName: 'Jeannette' }).ok).toBe(true);
    expect(checkEdit({ type: 'restore', section: 'relatives', id: gone.id }, entries, now, sha256)).toEqual(
      refused,
    );
  });

  test('MED-06: what is written in a section speaks louder than the declaration that there is nothing', () => {
    const id = statementId('allergies');
    const said: Entry = {
      ...entry('statements', 1, { section: 'allergies', date: '2026-11-23' }),
      id,
    };
    const living = [entry('allergies', 2, { name: 'Pollen' })];
    expect(declaredNone('allergies', said, [])).toBe('2026-11-23');
    expect(declaredNone('allergies', said, living)).toBeNull();
    expect(declaredNone('allergies', { ...said, deletedAt: 5 }, [])).toBeNull();
    expect(declaredNone('conditions', said, [])).toBeNull();
    expect(declaredNone('allergies', undefined, [])).toBeNull();
  });

  test('an entry is called by the fields that its section names', () => {
    const jeanne = { fields: { firstName: 'Jeanne', lastName: 'Martin' } };
    expect(nameOf(relatives, jeanne, french)).toBe('Jeanne Martin');
    expect(nameOf(conditions, { fields: { name: 'Asthme' } }, french)).toBe('Asthme');
  });
});

describe('every description', () => {
  test.each(profileSections.map((section) => [section.id, section] as const))(
    '%s is whole: words in both languages, fields that exist, and a place of its own',
    (_id, section) => {
      const names: string[] = section.fields.map(({ name }) => name);
      const { period, line, groupBy, single } = section;
      for (const name of [
        ...section.name,
        ...line,
        ...(Object.values(period ?? {}) as string[]),
        groupBy,
        single?.field,
      ])
        if (name !== undefined) expect(names).toContain(name);
      expect(new Set(names).size).toBe(names.length);
      expect(profileSections.filter(({ path }) => path === section.path)).toHaveLength(1);
      expect(isEntryId(statementId(section.id))).toBe(true);
      expect(sectionDefinition(section.id)).toBe(section);
      for (const field of section.fields)
        if (field.kind === 'choice') expect(field.options).toHaveLength(field.values.length);
    },
  );

  test('no two places, and no two sentences of a place, are the same in both languages by oversight', () => {
    expect(new Set(PROFILE.map(({ path }) => path)).size).toBe(13);
    for (const { add, edit, emptyTitle, emptyText } of profileSections)
      for (const words of [add, edit, emptyTitle, emptyText]) expect(words.en).not.toBe(words.fr);
  });

  test('whatever is typed, what passes passes again unchanged, and nothing else is kept', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('2014', '2014-07', '2014-07-13', 'mother', 'trusted', 'days'),
      fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...profileSections, statements),
        fc.dictionary(fc.string({ maxLength: 8 }), value),
        fc.infiniteStream(value),
        (section, extra, values) => {
          const raw: Record<string, Fields[string]> = { ...extra };
          for (const { name } of section.fields) raw[name] = values.next().value as Fields[string];
          const checked = validateEntry(section, raw, now);
          if (!checked.ok) return;
          expect(validateEntry(section, checked.fields, now)).toEqual(checked);
          expect(Object.keys(checked.fields)).toEqual(section.fields.map(({ name }) => name));
        },
      ),
      { numRuns: 500 },
    );
  });
});
