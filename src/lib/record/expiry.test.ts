import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { expiryOf, papersOf } from './expiry.ts';
import { monthsLater, parsePartialDate, type PartialDate } from './partial-date.ts';
import { fixedEntryId } from './profile-section.ts';
import { validateEntry } from './section.ts';
import { administrative } from './sections/administrative.ts';

const date = (written: string): PartialDate => {
  const parsed = parsePartialDate(written);
  if (!parsed) throw new Error(written);
  return parsed;
};
const on = (written: string): Required<PartialDate> => date(written) as Required<PartialDate>;

test('MED-55f: a paper is good through its last day, and is spoken of three months before', () => {
  const passport = date('2027-03-03');
  expect(expiryOf(passport, on('2026-12-02'))).toBe('valid');
  expect(expiryOf(passport, on('2026-12-03'))).toBe('soon');
  expect(expiryOf(passport, on('2027-03-03'))).toBe('soon');
  expect(expiryOf(passport, on('2027-03-04'))).toBe('expired');
});

test('MED-55f: a paper of which only the year or the month is known expires at the end of it', () => {
  expect(expiryOf(date('2027'), on('2027-09-30'))).toBe('valid');
  expect(expiryOf(date('2027'), on('2027-10-01'))).toBe('soon');
  expect(expiryOf(date('2027'), on('2027-12-31'))).toBe('soon');
  expect(expiryOf(date('2027'), on('2028-01-01'))).toBe('expired');
  expect(expiryOf(date('2028-02'), on('2028-02-29'))).toBe('soon');
  expect(expiryOf(date('2028-02'), on('2028-03-01'))).toBe('expired');
});

test('MED-55f: three months later is the same day, or the last one where the month is shorter', () => {
  expect(monthsLater(on('2026-11-23'), 3)).toEqual(date('2027-02-23'));
  expect(monthsLater(on('2026-11-30'), 3)).toEqual(date('2027-02-28'));
  expect(monthsLater(on('2027-11-30'), 3)).toEqual(date('2028-02-29'));
  expect(monthsLater(on('2026-12-31'), 12)).toEqual(date('2027-12-31'));
});

test('MED-55f: time only ever takes a paper from good to soon to expired', () => {
  const day = fc.record({
    y: fc.integer({ min: 2000, max: 2040 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 28 }),
  });
  const steps = ['valid', 'soon', 'expired'];
  fc.assert(
    fc.property(day, day, fc.nat({ max: 24 }), (expires, today, months) => {
      const [before, after] = [today, monthsLater(today, months)].map((at) => expiryOf(expires, at));
      expect(steps.indexOf(after!)).toBeGreaterThanOrEqual(steps.indexOf(before!));
    }),
  );
});

test('MED-55f: what expires first stands first, what has no date last', () => {
  const paper = (name: string, expires: string | null): Entry => ({
    id: fixedEntryId(name),
    section: administrative.id,
    ...{ fields: { kind: 'other', expires }, createdAt: 1, updatedAt: 1 },
  });
  const papers = [
    paper('none', null),
    paper('late', '2030'),
    paper('gone', '2026-11-22'),
    paper('soon', '2027-01'),
  ];
  expect(papersOf(papers, on('2026-11-23')).map(({ entry, expiry }) => [entry.id, expiry])).toEqual([
    [fixedEntryId('gone'), 'expired'],
    [fixedEntryId('soon'), 'soon'],
    [fixedEntryId('late'), 'valid'],
    [fixedEntryId('none'), 'valid'],
  ]);
});

test('MED-55f: a paper needs its kind alone; its number is optional and its expiry may be to come', () => {
  const now = on('2026-11-23');
  expect(validateEntry(administrative, {}, now)).toEqual({
    ok: false,
    problems: [{ field: 'kind', problem: 'required' }],
  });
  for (const kind of ['identity-card', 'passport', 'health-card', 'insurance', 'other'])
    expect(validateEntry(administrative, { kind, expires: '2036-11' }, now).ok).toBe(true);
  expect(validateEntry(administrative, { kind: 'passport', expires: '1899' }, now).ok).toBe(false);
});
