/** Advance directives and the position on organ donation: what each takes, what is in force, and what a version is made of. */
import { describe, expect, test } from 'vitest';
import {
  directivesState,
  formOf,
  isPending,
  isRevocation,
  versionFields,
  wishesOf,
  writeAfter,
} from './directives.ts';
import type { Entry } from './entry.ts';
import { fixedEntryId } from './profile-section.ts';
import { type Fields, validateEntry } from './section.ts';
import { checkEdit, healthSections } from './sections.ts';
import { directives, DIRECTIVES_DRAFT, directivesDraft, MAX_WISH, themesOf } from './sections/directives.ts';
import { organDonation } from './sections/organ-donation.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';

const now = { y: 2026, m: 11, d: 23 };
const names = (form: 'healthy' | 'ill') =>
  themesOf(form).flatMap(({ wishes }) => wishes.map(({ name }) => name));
const said = (n: number, fields: Fields): Entry => ({
  id: fixedEntryId(`said-${n}`),
  section: directives.id,
  ...{ fields, createdAt: n, updatedAt: n },
});
const march = said(1, { kind: 'healthy', date: '2026-03-03', resuscitation: 'Oui, une fois.' });
const may = said(2, { kind: 'ill', date: '2026-05-04', resuscitation: 'Non.' });
const revoked = said(3, { kind: 'revoked', date: '2026-06-05' });

describe('the forms', () => {
  test('DIR-07 DIR-08: each state of health has its form; only the one for illness asks about the illness', () => {
    expect(names('ill')).toContain('illness');
    expect(names('healthy')).not.toContain('illness');
    expect(names('ill').filter((name) => name !== 'illness')).toEqual(names('healthy'));
    const hint = (form: 'healthy' | 'ill') =>
      themesOf(form).flatMap(({ wishes }) => wishes.filter(({ name }) => name === 'unconscious'))[0]?.hint.fr;
    expect(hint('healthy')).toMatch(/accident/);
    expect(hint('ill')).toMatch(/maladie/);
  });

  test('DIR-09: Alice answers nothing, or only one thing, and both are kept', () => {
    for (const definition of [directivesDraft, directives]) {
      const base: Fields = definition === directives ? { kind: 'ill', date: '2026-11-23' } : { form: 'ill' };
      expect(validateEntry(definition, base, now).ok).toBe(true);
      for (const name of names('ill'))
        expect(validateEntry(definition, { ...base, [name]: 'Oui' }, now).ok, name).toBe(true);
    }
  });

  test('DIR-10: every answer holds three thousand characters, and not one more', () => {
    for (const name of names('ill')) {
      const draft = (length: number) => ({ form: 'ill', [name]: 'é'.repeat(length) });
      expect(validateEntry(directivesDraft, draft(MAX_WISH), now).ok, name).toBe(true);
      expect(validateEntry(directivesDraft, draft(MAX_WISH + 1), now), name).toEqual({
        ok: false,
        problems: [{ field: name, problem: 'too-long' }],
      });
    }
    expect(MAX_WISH).toBe(3000);
  });

  test('DIR-07: no draft is kept before the state of health is chosen', () => {
    expect(validateEntry(directivesDraft, { resuscitation: 'Non' }, now)).toEqual({
      ok: false,
      problems: [{ field: 'form', problem: 'required' }],
    });
  });
});

describe('the versions', () => {
  test('DIR-04: the newest version is in force, and the older ones stay', () => {
    const state = directivesState([march, may]);
    expect(state.inForce).toBe(may);
    expect(state.said).toEqual([may, march]);
  });

  test('DIR-04: a revocation is a dated fact after which none is in force, until there is a new version', () => {
    const state = directivesState([revoked, march, may]);
    expect(state.inForce).toBeUndefined();
    expect(state.last).toBe(revoked);
    expect(isRevocation(revoked)).toBe(true);
    const again = said(4, { kind: 'healthy', date: '2026-06-06', place: 'À la maison.' });
    expect(directivesState([revoked, march, again, may]).inForce).toBe(again);
  });

  test('DIR-04: two versions of one moment stand in the same order on every device', () => {
    const twin = { ...may, id: fixedEntryId('said-9') };
    expect(directivesState([may, twin]).said).toEqual(directivesState([twin, may]).said);
  });

  test('DIR-04: a version takes the place of those it names, whatever any clock or the day says', () => {
    const named = (n: number, date: string, after: readonly Entry[]) =>
      said(n, { kind: 'healthy', date, after: writeAfter(after) });
    const first = named(9, '2026-03-03', []);
    const second = named(8, '2026-03-03', [first]);
    const third = named(7, '2026-03-01', [second]);
    expect(directivesState([first, third, second]).said).toEqual([third, second, first]);
    // Written apart from the third: the latest day comes first, until one names both.
    const apart = named(1, '2026-03-02', [second]);
    expect(directivesState([first, third, apart, second]).said).toEqual([apart, third, second, first]);
    const last = named(0, '2026-02-01', [apart, third, second, first]);
    expect(directivesState([first, third, apart, last, second]).inForce).toBe(last);
    const circle = [named(1, '2026-03-03', [march, may]), named(2, '2026-03-04', [said(1, {})])];
    expect(directivesState(circle).said).toHaveLength(2);
    expect(directivesState([said(1, { kind: 'ill', after: 'x '.repeat(9) })]).said).toHaveLength(1);
  });

  test('DIR-04 DIR-05: a version that was confirmed cannot be changed, not even by one word', () => {
    const entries = new Map([[may.id, may]]);
    const put = (fields: Fields) =>
      checkEdit({ type: 'put', section: directives.id, id: may.id, fields }, entries, now, sha256);
    expect(put({ resuscitation: 'Oui.' })).toEqual({
      ok: false,
      problems: [{ field: 'id', problem: 'immutable' }],
    });
    expect(put({ place: 'À la maison.' }).ok).toBe(false);
    expect(put(may.fields).ok).toBe(true);
  });

  test('DIR-05 DIR-08: a version takes what its form asks, the day, and whom Alice trusted then', () => {
    const draft = { form: 'healthy', resuscitation: 'Oui.', illness: 'Asthme', place: '' };
    expect(versionFields(draft, '2026-11-23', 'Jeanne Martin', [may, march])).toEqual({
      kind: 'healthy',
      date: '2026-11-23',
      resuscitation: 'Oui.',
      trusted: 'Jeanne Martin',
      after: `${may.id} ${march.id}`,
    });
    expect(versionFields({ resuscitation: 'Oui.' }, '2026-11-23', '', [])).toBeUndefined();
    expect(versionFields({ form: 'ill' }, '2026-11-23', '', [])).toMatchObject({ trusted: null });
    expect(formOf(may.fields)).toBe('ill');
    expect(wishesOf(draft, 'ill')).toEqual({ illness: 'Asthme', resuscitation: 'Oui.' });
  });

  test('DIR-05: a draft waits while it says what no version says, whichever device wrote it', () => {
    const none = directivesState([]);
    expect(isPending(undefined, none)).toBe(false);
    expect(isPending({ form: 'ill' }, none)).toBe(false);
    expect(isPending({ form: 'ill', place: 'À la maison.' }, none)).toBe(true);
    const state = directivesState([may]);
    expect(isPending({ form: 'ill', resuscitation: 'Non.' }, state)).toBe(false);
    expect(isPending({ form: 'ill', resuscitation: null }, state)).toBe(true);
    expect(isPending({ form: 'healthy', resuscitation: 'Non.' }, state)).toBe(true);
    expect(isPending({ form: 'ill', resuscitation: 'Non.', place: 'Ici.' }, state)).toBe(true);
    // What only the other form asks does not wait in this one.
    expect(
      isPending({ form: 'healthy', resuscitation: 'Oui, une fois.', illness: 'X' }, directivesState([march])),
    ).toBe(false);
  });
});

test('DIR-06: the position on organ donation is one of three, and nothing else has to be said', () => {
  for (const position of ['for', 'against', 'unsaid'])
    expect(validateEntry(organDonation, { position }, now).ok).toBe(true);
  expect(validateEntry(organDonation, { position: 'perhaps' }, now).ok).toBe(false);
});

test('DIR-04 DIR-06: drafts, directives and the position are health, kept and exported with the rest', () => {
  for (const section of [directivesDraft, directives, organDonation]) {
    expect(healthSections).toContain(section);
    expect(section.title.en).not.toBe(section.title.fr);
  }
  expect(DIRECTIVES_DRAFT).toHaveLength(22);
});
